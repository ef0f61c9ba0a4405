//! The example notes with the codes they must give, read and agreed note by note: file, accepted, discarded.

pub(super) const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "01-urgencias-neumonia.txt",
        "I10 E11.9 Z79.84 Z87.891 Z88.0 J18.9",
        "R50.9 R05.9 I21.9 J44.9 R06.00 R07.1 R04.2 R11.0 R11.10 R19.7 R06.2 R60.0 I82.409 J11.1 J90 I26.99",
    ),
    (
        "02-ed-chest-pain.txt",
        "R07.9 I10 E78.5 K21.9 Z90.49 Z87.891 Z88.2",
        "R06.02 R61 R00.2 R55 R50.9 R68.83 R05.9 R60.0 E11.9 I25.10 I21.9 C50.919 F10.10 F14.10 R06.2 J18.9 J93.9 I26.99 I71.00",
    ),
    (
        "03-alta-insuficiencia-cardiaca.txt",
        "I10 E78.5 I25.9 I25.2 I48.21 N18.32 Z86.73 I51.7 I34.0 I50.33 Z79.01",
        "R06.00 R60.0 Z88.9 E11.9 R07.9 R00.2 R55 R50.9 R05.9 I31.39 I24.9 I49.9 Z79.84 R63.5",
    ),
    (
        "04-discharge-copd-exacerbation.txt",
        "J44.1 J96.01 E11.65 F17.210 Z99.81 I10 G47.33 Z79.4 Z79.84 Z86.73 M17.10 Z88.0 Z79.51 Z79.82",
        "R06.02 J44.9 E11.9 R06.00 R06.2 R05.9 R07.9 R04.2 R50.9 R60.0 J18.9 J90 J93.9 I26.99 U07.1 J11.1 I50.9 C34.90 J45.909 R41.0",
    ),
    (
        "05-consulta-diabetes.txt",
        "E11.9 Z79.84 I10 E78.5 Z68.35 Z90.49 F17.210 E66.812",
        "R35.89 R63.1 E16.2 R20.2 R07.9 R06.00 E66.9 I63.9 R60.0 E11.319 E11.21 E11.40 J11.1 C18.9 R11.10",
    ),
    (
        "06-clinic-annual-follow-up.txt",
        "K59.00 G47.00 E03.9 I48.0 Z79.01 I10 N18.31 M81.0 Z85.3 Z90.10 F41.1 Z88.5 Z91.040 D50.9",
        "R53.83 R07.9 R00.2 R06.00 R42 W19.XXXA R63.4 J11.1 R50.9 R05.9 R07.0 C56.9 F03.90 R60.0 R45.851 C18.9 F32.A C50.919",
    ),
    (
        "07-pediatria-bronquiolitis.txt",
        "J21.0 J96.01",
        "R06.00 O80 J45.909 L20.9 R09.81 R05.9 R06.2 R50.9 R11.10 R19.7 R06.81 R23.0 J00 R21 B97.4 J11.1 J18.9 E86.0",
    ),
    (
        "08-psiquiatria-primera-visita.txt",
        "G43.009 E03.9 F17.210 G47.00 R63.4 F41.0 F32.1",
        "F41.9 Z88.9 Z91.51 F31.9 F20.9 F10.20 F12.10 F14.10 R00.2 R45.851 R44.3 D64.9",
    ),
    (
        "09-psychiatry-crisis-visit.txt",
        "Z91.148 F12.10 F31.9 Z91.51 J45.20 R45.1",
        "R45.851 R45.850 R44.0 F14.10 F10.10 F11.20 F20.9 R56.9 S09.90XA R06.2 R25.1 R21 F30.10 F29 F05",
    ),
    (
        "10-traumatologia-fractura-cadera.txt",
        "W19.XXXA Z88.6 I10 M81.0 G30.9 H91.90 Z87.81 Z90.710 Z95.0 I44.2 S72.102A D62 F05 R33.9",
        "Z79.01 E11.9 S09.90XA R55 R50.9 I82.409 L89.90 R07.9 R06.00 R58",
    ),
    (
        "11-obstetrics-triage.txt",
        "R11.0 Z98.891 O24.419 E03.9 D50.9 Z88.0 O14.10",
        "R51.9 Z34.90 R11.10 R10.11 R06.02 N93.9 O14.90 O13.9 J45.909 R56.9 I10 E11.9 O72.1 F17.210 R60.0 O14.20 O60.00 O45.90 O15.9",
    ),
    (
        "12-oncologia-revision.txt",
        "J44.9 I10 Z87.891 N40.0 Z86.718 C18.7 C78.7 R19.7 R11.0 R63.4 R20.2 R16.0 D64.9",
        "C18.9 Z79.01 C61 C50.919 C78.00 R53.83 R50.9 R11.10 K62.5 K92.1 R10.9 R18.8 R17 R60.0 K56.609 I26.99 D70.9",
    ),
    (
        "informe-alta.txt",
        "R53.81 Z88.0 I10 E11.65 Z79.84 E78.5 Z87.891 Z86.73 A41.51 N17.9 E87.1 F05 Z79.4 N10 Z79.02",
        "R50.9 E11.9 J45.909 I25.9 G40.909 C18.9 M06.9 R68.83 R30.0 R11.0 R11.10 R19.7 R05.9 R06.00 R07.9 R41.0 K65.9 R21 J90 N13.30 L02.91 N20.0 I61.9 I63.9 R56.9 I38 J11.1 E16.2",
    ),
];
