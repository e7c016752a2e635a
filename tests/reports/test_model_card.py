from pathlib import Path

from bsgi.reports.checklists.item import Fact
from bsgi.reports.model_card import MISSING, build_card, save_card
from bsgi.reports.wording import RESEARCH_ONLY


def test_a_card_says_what_it_is_for_and_names_its_gaps(tmp_path: Path) -> None:
    facts = {
        Fact.MODEL: "paper: name paper_resnet, *three* stages.",
        Fact.RATES: "Sensitivity 80.0 % (59.0 to 93.8 %).",
        Fact.LIMITS: "Few patients.",
    }
    card = build_card("A <model>", facts)
    sections = {section.title: section.paragraphs for section in card.sections}
    assert sections["Intended use"][0] == RESEARCH_ONLY
    assert sections["Performance"] == (facts[Fact.RATES],)
    assert sections["Data"] == sections["Ethical considerations"] == (MISSING,)
    assert "Calibration" not in sections
    save_card(tmp_path / "card.md", card)
    text = (tmp_path / "card.md").read_text()
    assert text.startswith("# Model card: A \\<model>\n\n## Intended use\n")
    assert "paper\\_resnet, \\*three\\* stages." in text
    assert text.index("## Model\n") < text.index("## Performance\n")
