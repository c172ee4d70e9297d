//! What the tables of a regime's file come to, once they are known to make sense.

use toml::Spanned;

use super::tables::{
    CriterionTable, DocumentTable, ElementTable, EventTable, GateTable, ListTable, Named,
    NeverTable, RoleTable, SectionTable, SourceTable, StepTable, Words,
};
use super::{
    Column, Criterion, DocumentForm, Element, Event, Gate, ListForm, Measure, Never, Role,
    SectionForm, Source, StandingHypothesis, Step,
};

pub(super) fn inner(words: Words) -> Vec<String> {
    words.into_iter().map(Spanned::into_inner).collect()
}

pub(super) fn source(table: SourceTable) -> Source {
    Source {
        id: table.id.into_inner(),
        text: table.text,
        verified: table.verified,
    }
}

pub(super) fn standing_hypothesis(table: Named) -> StandingHypothesis {
    StandingHypothesis {
        id: table.id.into_inner(),
        text: table.text,
    }
}

pub(super) fn element(table: ElementTable) -> Element {
    Element {
        id: table.id.into_inner(),
        text: table.text,
        relations: inner(table.relations),
        of_blocked: table.of_blocked,
        of_activity: table.of_activity.map(Spanned::into_inner),
    }
}

pub(super) fn criterion(table: CriterionTable) -> Criterion {
    Criterion {
        id: table.id.into_inner(),
        text: table.text,
        source: table.source.into_inner(),
        elements: inner(table.elements),
    }
}

pub(super) fn never(table: NeverTable) -> Never {
    Never {
        id: table.id.into_inner(),
        text: table.text,
        relation: table.relation.into_inner(),
        at_most: table.at_most.into_inner(),
    }
}

pub(super) fn gate(table: GateTable, band: usize) -> Gate {
    Gate {
        band,
        confidence: table.confidence,
        survives_any_origin: table.survives_any_origin,
        rebuttal: table.rebuttal.into_inner(),
        answers_exculpatory: table.answers_exculpatory,
        never_alone: table.never_alone.into_inner(),
        stages: table.stages,
        signers: table.signers.into_inner(),
        readings: table.readings.into_inner(),
    }
}

pub(super) fn role(table: RoleTable) -> Role {
    Role {
        id: table.id.into_inner(),
        text: table.text,
        may: table.may,
    }
}

pub(super) fn event(table: EventTable) -> Event {
    Event {
        id: table.id.into_inner(),
        text: table.text,
        not_before: table.not_before.map(Spanned::into_inner),
    }
}

pub(super) fn step(table: StepTable) -> Step {
    Step {
        id: table.id.into_inner(),
        text: table.text,
        by: table.by,
        after: table.after.map(Spanned::into_inner),
        within_days: table.within_days.map(Spanned::into_inner),
        each_year_on: table.each_year_on.map(Spanned::into_inner),
        produces: table.produces,
        source: table.source.into_inner(),
    }
}

pub(super) fn document(table: DocumentTable) -> DocumentForm {
    DocumentForm {
        id: table.id.into_inner(),
        title: table.title,
        text: table.text,
        source: table.source.into_inner(),
        sections: table.section.into_iter().map(section).collect(),
    }
}

fn section(table: SectionTable) -> SectionForm {
    SectionForm {
        heading: table.heading,
        text: table.text,
        relations: inner(table.relations),
    }
}

pub(super) fn list(table: ListTable) -> ListForm {
    let columns = table.column.into_inner().into_iter();
    ListForm {
        title: table.title,
        text: table.text,
        columns: columns
            .map(|column| Column {
                heading: column.heading,
                holds: column.holds,
            })
            .collect(),
    }
}

pub(super) fn measure(table: Named) -> Measure {
    Measure {
        id: table.id.into_inner(),
        text: table.text,
    }
}
