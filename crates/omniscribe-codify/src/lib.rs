//! Unofficial client of the Omniscribe Codify API: clinical notes and PDFs in, ICD-10 code assessments out
