//! What visitors read, in their language: the Fluent files of `assets/texts`, looked up by key. Pure, like the domain below it:
//! nothing is read or asked while the appliance runs. Texts for staff stand where they are said, in English.

pub mod grammar;
