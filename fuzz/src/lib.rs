//! What is checked of any bytes; each target hands them over, and the suite's replay of the seeds does, too.

pub mod checks;
