//! What the items of a case go back to, under one name each.

use overt_attribution::Origins;

use super::CaseState;

impl CaseState {
    /// What items go back to.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Puts every item under the origin that its name stands for, as far as that can be read.
    pub(super) fn find_origins(&mut self) {
        let mut origins = Origins::default();
        for record in self.evidence.values() {
            origins.declare(&record.item.origin);
        }
        for named in self.origin_names.values() {
            origins.name(
                &named.name,
                named.same_as.as_deref(),
                named.apart_from.as_deref(),
            );
        }
        for (id, evidence) in &mut self.weighable {
            if let Some(record) = self.evidence.get(id) {
                origins
                    .of(&record.item.origin)
                    .clone_into(&mut evidence.origin);
            }
        }
        self.origins = origins;
    }
}
