"""What a style, the time of day and a lent palette do to every colour before anything is painted."""

import torch
from torch import nn

import vocabulary as v
from drawing import colours
from drawing.strokes import ROLES

# line width (share of the unit), line colour, hand wobble (share), grain, hatching, vignette, shadows
TRAITS = {"flat": (0, (0, 0, 0), 0, 0, 0, 0, 1), "ink outline": (.0065, (.07, .07, .09), .0012, .012, 0, 0, .6), "pencil": (.0036, (.30, .30, .33), .0026, .05, .75, 0, .5), "charcoal": (.0075, (.09, .09, .09), .0042, .13, .55, .25, .8),
          "blueprint": (.0034, (.90, .95, 1), 0, .012, 0, .15, 0), "silhouette": (0, (0, 0, 0), 0, 0, 0, .3, 0), "pixel": (.006, (.10, .09, .14), 0, 0, 0, 0, .8), "film grain": (0, (0, 0, 0), 0, .10, 0, .55, 1)}
PAPER = (.975, .955, .91)


def luminance(c):
    """Brightness of colours [..., 3], keeping the last axis."""
    return (c * torch.tensor([.30, .59, .11])).sum(-1, keepdim=True)


class Styles(nn.Module):
    """Holds the tables of traits; `begin` settles every colour that is not a subject's."""

    def __init__(self):
        super().__init__()
        rows = [TRAITS[s] for s in v.STYLES]
        self.register_buffer("numbers", torch.tensor([[r[0], r[2], r[3], r[4], r[5], r[6]] for r in rows]), persistent=False)
        self.register_buffer("inks", torch.tensor([r[1] for r in rows]), persistent=False)
        skies, tints, subject_tints = (torch.from_numpy(t) for t in colours.time_tables())
        grounds, strokes = (torch.from_numpy(t) for t in colours.place_tables())
        for name, table in (("skies", skies), ("tints", tints), ("subject_tints", subject_tints), ("grounds", grounds), ("strokes", strokes), ("studio", torch.from_numpy(colours.studio_table())), ("named", torch.from_numpy(colours.named_table()))):
            self.register_buffer(name, table, persistent=False)
        self.register_buffer("outdoors", torch.tensor([float(p in colours.OUTDOORS) for p in v.PLACES]), persistent=False)
        self.register_buffer("floored", torch.tensor([float(p not in ("plain", "gradient", "night sky")) for p in v.PLACES]), persistent=False)

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
        night_ground = (place @ self.grounds.flatten(1)).unflatten(0, (2, 3))
        top = outdoors * skies[0] + (plain * wall + gradient * deep) * soft_tint + space * night_ground[0] + (1 - outdoors - plain - gradient - space) * grounds[0]
        bottom = outdoors * skies[1] + (plain * wall + gradient * bright) * soft_tint + space * night_ground[1] + (1 - outdoors - plain - gradient - space) * grounds[0]
        strokes = (place @ self.strokes.flatten(1)).unflatten(0, (12, 3))
        tinted = strokes * (tint + (1 - tint) * space) * wet
        sky_roles = torch.stack([skies[1]] * len(ROLES))
        glow = skies[1] + (torch.tensor([1., .93, .72]) - skies[1]) * .65
        sky_roles = torch.cat([sky_roles[:2], glow.unsqueeze(0), glow.unsqueeze(0), sky_roles[:3] * .8 + .2 * glow, torch.ones(1, 3) * torch.tensor([.97, .98, 1.0]), sky_roles[:4]], 0)
        every = {"sky_top": top, "sky_bottom": bottom, "far": grounds[0] * wet, "near": grounds[1] * wet, "place_roles": tinted, "sky_roles": sky_roles}
        palette = self.palette(scene, numbers)
        settled = {name: self.restyle(scene, self.lend(palette, c, scene), False) for name, c in every.items()}
        open_sky = outdoors * (1 - cloudy.clamp(0, 1) * .85)
        fog = self.restyle(scene, self.lend(palette, bottom * .5 + .45, scene), False)
        shoulder = self.restyle(scene, self.lend(palette, torch.tensor([.10, .11, .16]), scene), True) * torch.where(scene["style"][v.STYLES.index("silhouette")] > 0, 1.0, 1.0)
        dusk = time[3] + time[2] * .4
        return dict(settled, line=line, wobble=wobble * view["unit"], ink=scene["style"] @ self.inks, finish=torch.stack([grain, hatch, vignette, scene["style"][v.STYLES.index("blueprint")], scene["style"][v.STYLES.index("charcoal")]]),
                    shadow=shadow, grounded=floored, open_sky=open_sky, fog=fog, palette=palette, tint=time @ self.subject_tints, lit=dusk.clamp(0, 1) * .9 + .1, shoulder=shoulder,
                    window_light=self.restyle(scene, self.lend(palette, torch.tensor([1., .86, .52]) * dusk + (1 - dusk) * torch.tensor([.62, .75, .85]), scene), False))

    def palette(self, scene, numbers):
        """Five lent colours from dark to light, and whether they are lent at all."""
        lent = ((numbers[:15] + 1) / 2).reshape(5, 3)
        order = torch.argsort(luminance(lent).squeeze(1))
        return lent[order], scene["palette"][1], ((numbers[15:] + 1) / 2)[order]

    def lend(self, palette, c, scene):
        """Colours moved onto the lent palette by their brightness."""
        lent, on, _ = palette
        at = luminance(c).clamp(0, 1) * 4
        weights = (1 - (at - torch.arange(5.0)).abs()).clamp_min(0)
        return torch.where(on > 0, weights @ lent, c)

    def restyle(self, scene, c, subject):
        """What the style makes of a colour."""
        style, grey, paper = scene["style"], luminance(c), torch.tensor(PAPER)
        blue = torch.tensor([.05, .17, .40]) + grey * torch.tensor([.12, .22, .30]) * (1.25 if subject else 1.0)
        shape = torch.tensor([.055, .06, .09]) + 0 * c if subject else c * .62 + torch.tensor([.98, .80, .58]) * .38
        looks = [c, c + (paper - c) * (.06 if subject else .30), c + (paper - c) * (.26 if subject else .5), (grey * .92 + .06) * torch.tensor([1., .985, .955]) if subject else (grey * .6 + .36) * torch.tensor([1., .985, .955]),
                 blue, shape, grey + (c - grey) * 1.15, (grey + (c - grey) * .8) * torch.tensor([1.03, .985, .90]) + torch.tensor([.02, .012, .02])]
        return sum(w * look for w, look in zip(style.unbind(0), looks)).clamp(0, 1)

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
        roles = torch.cat([torch.stack([main, dark, main + (1 - main) * .42, accent, accent_dark], 1), natural[:, 5:]], 1) * look["tint"]
        lent = torch.where(is_named.unsqueeze(-1) > 0, roles, self.lend(look["palette"], roles, scene))
        return self.restyle(scene, lent, True)
