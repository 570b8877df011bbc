//! Routing, as a part of other records.

use serde::{Deserialize, Serialize};

use crate::domain::routing::{Assignment, Routing};

#[derive(Serialize, Deserialize)]
pub(super) struct RoutingRecord {
    assignment: AssignmentRecord,
    answer_within_seconds: Option<u16>,
    leave_message_after_seconds: Option<u16>,
}

#[derive(Serialize, Deserialize)]
enum AssignmentRecord {
    Manual,
    LeastBusy,
    RoundRobin,
}

impl From<Routing> for RoutingRecord {
    fn from(it: Routing) -> Self {
        Self {
            assignment: match it.assignment {
                Assignment::Manual => AssignmentRecord::Manual,
                Assignment::LeastBusy => AssignmentRecord::LeastBusy,
                Assignment::RoundRobin => AssignmentRecord::RoundRobin,
            },
            answer_within_seconds: it.answer_within_seconds,
            leave_message_after_seconds: it.leave_message_after_seconds,
        }
    }
}

impl From<RoutingRecord> for Routing {
    fn from(it: RoutingRecord) -> Self {
        Self {
            assignment: match it.assignment {
                AssignmentRecord::Manual => Assignment::Manual,
                AssignmentRecord::LeastBusy => Assignment::LeastBusy,
                AssignmentRecord::RoundRobin => Assignment::RoundRobin,
            },
            answer_within_seconds: it.answer_within_seconds,
            leave_message_after_seconds: it.leave_message_after_seconds,
        }
    }
}
