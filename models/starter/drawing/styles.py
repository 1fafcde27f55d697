"""What a style, the time of day and a lent palette do to every colour before anything is painted."""

import torch
from torch import nn

import vocabulary as v
from drawing import colours
from drawing.strokes import ROLES

# line width (share of the unit), line colour, hand wobble (share), grain, hatching, vignette, shadows
TRAITS = {"flat": (0, (0, 0, 0), 0, 0, 0, 0, 1), "ink outline": (.0065, (.07, .07, .09), .0012, .012, 0, 0, .6),
    "pencil": (.0036, (.30, .30, .33), .0026, .03, .6, 0, .5),
    "charcoal": (.0075, (.09, .09, .09), .0042, .075, .55, .25, .8),
          "blueprint": (.0034, (.90, .95, 1), 0, .012, 0, .15, 0), "silhouette": (0, (0, 0, 0), 0, 0, 0, .3, 0),
          "pixel": (.006, (.10, .09, .14), 0, 0, 0, 0, .8), "film grain": (0, (0, 0, 0), 0, .10, 0, .55, 1)}
PAPER, GRAPHITE, WARM = (.975, .955, .91), (1., .985, .955), (1.03, .985, .90)


def _times(colour, factor):
    return tuple(c * factor for c in colour)


NONE = (0, 0, 0)
# what a style does to a colour: (share of the colour, share of its brightness, colour added), for subjects and for
# scenery
LOOKS = {"flat": (((1,) * 3, NONE, NONE),) * 2,
         "ink outline": (((.94,) * 3, NONE, _times(PAPER, .06)), ((.7,) * 3, NONE, _times(PAPER, .3))),
         "pencil": (((.74,) * 3, NONE, _times(PAPER, .26)), ((.5,) * 3, NONE, _times(PAPER, .5))),
         "charcoal": ((NONE, _times(GRAPHITE, .92), _times(GRAPHITE, .06)),
         (NONE, _times(GRAPHITE, .6), _times(GRAPHITE, .36))),
         "blueprint": ((NONE, (.15, .275, .375), (.05, .17, .40)), (NONE, (.12, .22, .30), (.05, .17, .40))),
         "silhouette": ((NONE, NONE, (.055, .06, .09)), ((.62,) * 3, NONE, (.372, .304, .220))),
         "pixel": (((1.15,) * 3, (-.15,) * 3, NONE),) * 2,
         "film grain": ((_times(WARM, .8), _times(WARM, .2), (.02, .012, .02)),) * 2}


def luminance(c):
    """Brightness of colours [..., 3], keeping the last axis."""
    return (c * torch.tensor([.30, .59, .11])).sum(-1, keepdim=True)


class Styles(nn.Module):
    """Holds the tables of traits; `begin` settles every colour that is not a subject's."""

    def __init__(self):
        super().__init__()
        rows = [TRAITS[s] for s in v.STYLES]
        self.register_buffer("numbers", torch.tensor([[r[0], r[2], r[3], r[4], r[5], r[6]] for r in rows]),
            persistent=False)
        self.register_buffer("inks", torch.tensor([r[1] for r in rows]), persistent=False)
        for name, which in (("subject_looks", 0), ("scenery_looks", 1)):
            self.register_buffer(name, torch.tensor([LOOKS[s][which] for s in v.STYLES],
                dtype=torch.float32).flatten(1), persistent=False)
        skies, tints, subject_tints = (torch.from_numpy(t) for t in colours.time_tables())
        grounds, strokes = (torch.from_numpy(t) for t in colours.place_tables())
        for name, table in (("skies", skies), ("tints", tints), ("subject_tints", subject_tints), ("grounds", grounds),
                ("strokes", strokes), ("studio", torch.from_numpy(colours.studio_table())),
                ("named", torch.from_numpy(colours.named_table()))):
            self.register_buffer(name, table, persistent=False)
        self.register_buffer("outdoors", torch.tensor([float(p in colours.OUTDOORS) for p in v.PLACES]),
            persistent=False)
        self.register_buffer("floored", torch.tensor([float(p not in ("plain", "gradient", "night sky"))
            for p in v.PLACES]), persistent=False)

    def begin(self, scene, numbers, view):
        """Colours and traits for this picture."""
        line, wobble, grain, hatch, vignette, shadow = (scene["style"] @ self.numbers).unbind(0)
        place, weather = scene["place"], scene["weather"]
        time = scene["time"]
        turn = view["gone"].clamp(0, 1) * (1 - scene["time2"][0])
        time = time + (scene["time2"][1:] - time) * turn
        plain, gradient, space = (place[v.PLACES.index(name)] for name in ("plain", "gradient", "night sky"))
        outdoors, floored = (place * self.outdoors).sum(), (place * self.floored).sum()
        skies = (time @ self.skies.flatten(1)).unflatten(0, (2, 3))
        tint = time @ self.tints
        tint = tint + (1 - tint) * (1 - outdoors) * .35
        studio = scene["variant"] @ self.studio
        asked = torch.einsum("i,j,ijc->c", scene["ground"], scene["ground_shade"], self.named)
        wall = torch.where(scene["ground"][0] > 0, studio, asked)
        soft_tint = tint + (1 - tint) * .25
        deep = wall * torch.tensor([.52, .56, .68])
        bright = wall + (1 - wall) * .35
        grounds = (place @ self.grounds.flatten(1)).unflatten(0, (2, 3)) * tint
        grounds = grounds + ((1 - grounds) * .55) * weather[2] * outdoors * .7
        wet = 1 - .22 * weather[1] * outdoors
        grey = luminance(skies) * torch.tensor([.88, .93, 1.0])
        cloudy = (weather[1] * .75 + weather[2] * .6 + weather[3] * .8)
        skies = skies + (grey - skies) * cloudy
        evening = gradient * scene["ground"][0] * (1 - time[0])
        gradient = gradient - evening
        night_ground = (place @ self.grounds.flatten(1)).unflatten(0, (2, 3))
        top = (outdoors + evening) * skies[0] + (plain * wall
            + gradient * deep) * soft_tint + space * night_ground[0] + (
            1 - outdoors - plain - gradient - evening - space) * grounds[0]
        bottom = (outdoors + evening) * skies[1] + (plain * wall
            + gradient * bright) * soft_tint + space * night_ground[1] + (
            1 - outdoors - plain - gradient - evening - space) * grounds[0]
        strokes = (place @ self.strokes.flatten(1)).unflatten(0, (12, 3))
        room = place[v.PLACES.index("room")]
        glass = (torch.arange(12) == 2).float().unsqueeze(1) * room
        strokes = strokes + (skies.mean(0) - strokes) * glass
        tinted = strokes * (tint + (1 - tint) * (glass + space).clamp(0, 1)) * wet
        sky_roles = torch.stack([skies[1]] * len(ROLES))
        glow = skies[1] + (torch.tensor([1., .93, .72]) - skies[1]) * .65
        sky_roles = torch.cat([sky_roles[:2], glow.unsqueeze(0), glow.unsqueeze(0), sky_roles[:3] * .8 + .2 * glow,
            torch.ones(1, 3) * torch.tensor([.97, .98, 1.0]), sky_roles[:4]], 0)
        dusk = time[3] + time[2] * .4
        window = torch.tensor([1., .86, .52]) * dusk + (1 - dusk) * torch.tensor([.62, .75, .85])
        palette = self.palette(scene, numbers)
        every = torch.cat([torch.stack([top, bottom, grounds[0] * wet, grounds[1] * wet, window, bottom * .5 + .45]),
            tinted, sky_roles], 0)
        every = self.restyle(scene, self.lend(palette, every), self.scenery_looks)
        settled = dict(zip(("sky_top", "sky_bottom", "far", "near", "window_light", "fog"), every[:6].unbind(0)))
        shoulder = self.restyle(scene, self.lend(palette, torch.tensor([.10, .11, .16])), self.subject_looks)
        blueprint, charcoal = (scene["style"][v.STYLES.index(name)] for name in ("blueprint", "charcoal"))
        overcast = cloudy.clamp(0, 1)
        return dict(settled, roles=every[6:], shoulder=shoulder, palette=palette, tint=time @ self.subject_tints,
            ink=scene["style"] @ self.inks, line=line, wobble=wobble * view["unit"],
                    finish=torch.stack([grain, hatch, vignette, blueprint, charcoal]),
                    glow=(outdoors + evening) * (1 - blueprint) * (time[1] * .6 + time[2]) * (1 - overcast * .7),
                    shadow=shadow, grounded=floored, open_sky=(outdoors + evening * time[3]) * (1 - overcast * .85),
                    lit=dusk.clamp(0, 1) * .9 + .1)

    def palette(self, scene, numbers):
        """Five lent colours from dark to light, the brightness each stands for and how common it is, and whether they
        are lent at all."""
        lent = ((numbers[:15] + 1) / 2).reshape(5, 3)
        order = torch.argsort(luminance(lent).squeeze(1))
        share = ((numbers[15:] + 1) / 2)[order].clamp_min(1e-3)
        share = share / share.sum()
        stands_for = (torch.cumsum(share, 0) - share / 2 + torch.arange(5.0) / 4) / 2
        return lent[order], scene["palette"][1], stands_for, share.log() * .7

    def lend(self, palette, c):
        """Colours moved onto the lent palette by their brightness; rare colours give way to common ones."""
        lent, on, stands_for, common = palette
        weights = (common - (luminance(c).clamp(0, 1) - stands_for) ** 2 * 90).softmax(-1) ** 2
        return c + (weights / weights.sum(-1, keepdim=True) @ lent - c) * on

    def restyle(self, scene, c, looks):
        """What the style makes of a colour: so much of it, so much of its brightness, and a colour added."""
        keep, grey, add = (scene["style"] @ looks).unflatten(0, (3, 3)).unbind(0)
        return (c * keep + luminance(c) * grey + add).clamp(0, 1)

    def subject_roles(self, scene, them, look, tables):
        """Colours of every role of every subject [slots, roles, 3]."""
        natural = (them["kind"] @ tables.t_natural.flatten(1)).unflatten(1, (len(ROLES), 3))
        shades = them["shade"]
        named = torch.einsum("si,sj,ijc->sc", them["colour"], shades, self.named)
        is_named = 1 - them["colour"][:, :1]
        base = natural[:, 0] + ((1 - natural[:, 0]) * .45) * shades[:, 1:2] - natural[:, 0] * .4 * shades[:, 2:3]
        main = torch.where(is_named > 0, named, base)
        follow = (them["kind"] @ tables.t_follow).unsqueeze(1) * is_named
        keep_dark = (1 - is_named) * (1 - shades[:, 1:2]) * (1 - shades[:, 2:3])
        dark = main * torch.tensor([.72, .72, .78]) * (1 - keep_dark) + natural[:, 1] * keep_dark
        accent = natural[:, 3] + (main * .58 - natural[:, 3]) * follow
        accent_dark = natural[:, 4] + (main * .45 - natural[:, 4]) * follow
        roles = torch.cat([torch.stack([main, dark, main + (1 - main) * .42, accent, accent_dark], 1), natural[:, 5:]],
            1) * look["tint"]
        lent = torch.where(is_named.unsqueeze(-1) > 0, roles, self.lend(look["palette"], roles))
        return self.restyle(scene, lent, self.subject_looks)
