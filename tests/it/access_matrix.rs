//! Who gets what: every route, every word that can be said on the live channel and every frame that is told there, for every kind
//! of person. The table is `access_matrix.txt`, which says how to add a row. A route, a word or a frame without a row fails, and
//! so does a row of nothing.
//!
//! `table` reads it, `people` makes the house and everybody in it, `routes_of_all`, `words` and `frames` try what it says.

use std::collections::BTreeSet;

use parlor::web::routes;
use parlor::web::routes::Method;

mod frames;
mod lines;
mod objects;
mod people;
mod routes_of_all;
mod table;
mod words;

use table::Table;

#[test]
fn every_route_has_its_row() {
    let table = Table::read();
    let word = |method| match method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let known: Vec<_> = table.of(&["GET", "POST"]).map(|row| (row.kind, row.what)).collect();
    let real: BTreeSet<_> = routes::routes().iter().map(|route| (word(route.method), route.path)).collect();
    same(known, real);
}

#[test]
fn everything_that_can_be_said_has_its_row() {
    let table = Table::read();
    same(table.of(&["SAY"]).map(|row| (row.kind, row.what.to_owned())).collect(), words::known());
}

#[test]
fn every_frame_has_its_row() {
    let table = Table::read();
    same(table.of(&["HEAR"]).map(|row| (row.kind, row.what.to_owned())).collect(), frames::known());
}

#[track_caller]
fn same<T: Ord + Clone + std::fmt::Debug>(known: Vec<T>, real: BTreeSet<T>) {
    let rows: BTreeSet<_> = known.iter().cloned().collect();
    assert_eq!(rows.len(), known.len(), "a row stands twice");
    let without_row: Vec<_> = real.difference(&rows).collect();
    let of_nothing: Vec<_> = rows.difference(&real).collect();
    assert!(without_row.is_empty() && of_nothing.is_empty(), "no row: {without_row:?}; a row of nothing: {of_nothing:?}");
}

#[tokio::test]
async fn everybody_gets_from_each_route_what_the_table_says() {
    routes_of_all::walk(&Table::read()).await.none();
}

#[tokio::test]
async fn everybody_may_say_what_the_table_says() {
    words::walk(&Table::read()).await.none();
}

#[tokio::test]
async fn everybody_hears_what_the_table_says() {
    frames::walk(&Table::read()).await.none();
}
