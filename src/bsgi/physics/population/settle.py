"""The last of what is drawn for a woman: how much hotter her gland is than her fat."""

from dataclasses import replace

from bsgi.exam.record import Side
from bsgi.physics.breast.contrast import Response, find_response, solve_gland_ratio
from bsgi.physics.breast.uptake import build_gland, build_variation, find_textures
from bsgi.physics.population.woman import Woman


def settle_gland(woman: Woman) -> Woman:
    """The same woman with the gland's ratio that gives her background uptake.

    It follows from where her gland lies, and so from her texture, which costs more than
    all else that is drawn for her. Hence it is found only when she is to be imaged.

    Args:
        woman: A woman as drawn.

    Returns:
        Her, with one `gland_ratio` in both breasts; unchanged if she has one already.
    """
    if None not in (woman.left.uptake.gland_ratio, woman.right.uptake.gland_ratio):
        return woman
    textures = find_textures(woman.texture_seed, woman.symmetry)
    responses: list[Response] = []
    for side in Side:
        if side in woman.absent:
            continue
        breast = woman.breast(side)
        gland = build_gland(breast.uptake, textures[side])
        variation = build_variation(breast.uptake, textures[side])
        for slab in (breast.cc, breast.mlo):
            found = find_response(
                slab,
                gland,
                variation,
                gland_share=breast.uptake.gland_share,
                skin_ratio=breast.uptake.skin_ratio,
                torso_ratio=woman.torso_ratio,
                implant=breast.implant,
            )
            if found is not None:
                responses.append(found)
    ratio = solve_gland_ratio(responses, woman.background_ratio)
    return replace(
        woman,
        left=replace(woman.left, uptake=replace(woman.left.uptake, gland_ratio=ratio)),
        right=replace(
            woman.right, uptake=replace(woman.right.uptake, gland_ratio=ratio)
        ),
    )
