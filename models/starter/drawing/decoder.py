"""The decoder graph: scene tokens, time and size to a picture; discrete fields are snapped, so small errors change
nothing."""

import numpy as np
import torch
from torch import nn

import layout as l
import vocabulary as v
from drawing import backdrops, colours, finish, rows, subjects
from drawing.painter import paint, ramp
from drawing.strokes import OWN_LINE, ROLES, ROW, SHARED_LINE, ellipse, polygon, stack
from drawing.styles import Styles
from scenes import HORIZONS, SHOT_SCALE

DECOR_SCALE = {"medium": 1.0, "extreme wide": .55, "wide": .78, "close-up": 1.45, "over the shoulder": 1.0}
HORIZON_SHIFT = {"medium": 0.0, "extreme wide": .06, "wide": .03, "close-up": -.02, "over the shoulder": 0.0}
TEXTURE_SCALE, PAN = .17, .2


def one_hot(x):
    """The largest class as a one-hot vector."""
    return (torch.arange(x.shape[-1]) == x.argmax(-1, keepdim=True)).float()


class Decoder(nn.Module):
    """latent_sample [1, TOKENS, CHANNELS], seconds [1], duration [1], height [1], width [1] -> sample [1, 3, height,
    width]."""

    def __init__(self):
        super().__init__()
        drawn, index = subjects.templates()
        shadow = stack([[ellipse(0, .5, .5, .07, role="shadow", soft=.12, alpha=.34, line=0, shade=0)]], 1)
        shoulder = [ellipse(.0, .5, .5, .42, role="shadow", line=0, shade=.1),
            ellipse(.02, -.08, .2, .25, role="shadow", line=0, shade=.1),
            ellipse(.12, .02, .06, .09, role="shadow", line=0, shade=.1),
            polygon((-.09, .05), (.13, .05), (.16, .3), (-.14, .3), role="shadow", line=0, shade=.1)]
        skies, tints, subject_tints = colours.time_tables()
        grounds, place_colours = colours.place_tables()
        tables = {"drawn": drawn, "index": np.array(index, np.float32), "shadow": shadow,
            "shoulder": stack([shoulder], 4), "backdrops": backdrops.place_templates(),
            "sky_strokes": backdrops.sky_templates(),
                  "named": colours.named_table(), "natural": colours.natural_table(),
                  "follow": colours.accents_follow(), "skies": skies, "tints": tints, "subject_tints": subject_tints,
                  "grounds": grounds, "place_colours": place_colours, "studio": colours.studio_table(),
                  "horizons": np.array(HORIZONS, np.float32), "sizes": l.SIZE_HEIGHTS.astype(np.float32),
                  "shot_scale": np.array([SHOT_SCALE[s] for s in v.SHOTS], np.float32),
                  "decor_scale": np.array([DECOR_SCALE[s] for s in v.SHOTS], np.float32),
                  "horizon_shift": np.array([HORIZON_SHIFT[s] for s in v.SHOTS], np.float32),
                  "grounded": np.array([k in v.GROUND_KINDS for k in v.KINDS], np.float32),
                  "alive": np.array([k in v.LIVING_KINDS for k in v.KINDS], np.float32),
                  "wide": np.array([_half_width(k) for k in v.KINDS], np.float32)}
        for name, table in tables.items():
            self.register_buffer("t_" + name, torch.as_tensor(table, dtype=torch.float32), persistent=False)
        self.styles = Styles()

    def forward(self, latent_sample, seconds, duration, height, width):
        scene = {name: one_hot(latent_sample[0, token, a:b]) for token,
            table in ((l.CAMERA, l.CAMERA_SPANS), (l.PLACE, l.PLACE_SPANS), (l.LOOK, l.LOOK_SPANS)) for name,
            (a, b) in table.items()}
        them = {name: one_hot(latent_sample[0, l.FIRST:, a:b]) for name, (a, b) in l.SUBJECT_SPANS.items()}
        numbers = latent_sample[0, l.LOOK, l.PALETTE_AT:l.PALETTE_AT + l.PALETTE_NUMBERS]
        pixel = scene["style"][v.STYLES.index("pixel")]
        short = torch.minimum(height, width).float()
        block = torch.where(pixel > 0, (short / 90).round().clamp_min(2), torch.ones_like(short))
        rows_high, columns_wide = torch.ceil(height / block).long(), torch.ceil(width / block).long()
        across, down = ramp(columns_wide), ramp(rows_high)
        view = self.view(scene, seconds, duration, columns_wide.float(), rows_high.float())
        look = self.styles.begin(scene, numbers, view)
        canvas = self.backdrop(scene, look, view, across, down)
        layers = [self.scenery(scene, look, view), self.subjects(scene, them, look, view),
            self.foreground(scene, look, view)]
        painted, boxes, shown = (torch.cat([layer[i] for layer in layers], 0) for i in range(3))
        keep = shown.nonzero().squeeze(1)
        wobble = look["wobble"] * finish.waves(across, down, view["unit"])
        wobble = finish.maybe(wobble, look["wobble"])
        canvas = paint(canvas, painted[keep], boxes[keep].long(), across, down, wobble)
        canvas = finish.weather(canvas, scene["weather"], across, down, view["unit"], view["seconds"], look["fog"])
        canvas = finish.texture(canvas, look["finish"], across, down, view["unit"], view["seconds"])
        big_y, big_x = (ramp(height) / block).long(), (ramp(width) / block).long()
        return (canvas[big_y][:, big_x].clamp(0, 1) * 2 - 1).permute(2, 0, 1).unsqueeze(0)

    def view(self, scene, seconds, duration, wide, high):
        """Where the camera is: unit, horizon, zoom, shift, and how far the clip has gone (0 to 1; -1 to 0 where the
        end is given)."""
        unit = torch.minimum(high, wide / 1.2)
        gone = torch.where(duration > 0, seconds / duration.clamp_min(1e-3), torch.zeros_like(seconds)).clamp(0, 1)
        gone = gone - scene["anchor"][1]
        move = scene["move"]
        on = (duration > 0).float()
        pan = PAN * gone * (move[1] - move[2])
        tilt = .2 * gone * (move[3] - move[4])
        zoom = torch.exp(gone * (.45 * move[5] - .4 * move[6]))
        shake = move[7] * on
        start = scene["anchor"][1] * duration
        clock = seconds - start
        jitter_x = shake * .009 * (torch.sin(clock * 7.3) + .7 * torch.sin(clock * 12.1))
        jitter_y = shake * .009 * (torch.sin(clock * 6.1) + .7 * (torch.cos(clock * 10.3) - 1))
        horizon = (scene["horizon"] * self.t_horizons).sum() + (scene["shot"] * self.t_horizon_shift).sum()
        return {"unit": unit, "wide": wide, "high": high, "gone": gone, "zoom": zoom, "pan": (pan + jitter_x) * wide,
            "tilt": (tilt + jitter_y) * high, "horizon": horizon, "seconds": seconds, "clock": clock, "on": on,
                "decor": (scene["shot"] * self.t_decor_scale).sum(), "size": torch.stack([wide, high], -1).reshape(2)}

    def to_screen(self, view, x, y, near):
        """Frame pixels to screen pixels under zoom and shift; `near` scales the shift (far things move less)."""
        return ((x - view["wide"] / 2) * view["zoom"] + view["wide"] / 2 + view["pan"] * near,
            (y - view["high"] / 2) * view["zoom"] + view["high"] / 2 + view["tilt"] * near)

    def backdrop(self, scene, look, view, across, down):
        """Sky above the horizon and ground below, row by row."""
        top, bottom, far, near = look["sky_top"], look["sky_bottom"], look["far"], look["near"]
        _, horizon = self.to_screen(view, view["wide"], view["horizon"] * view["high"], 1.0)
        horizon = horizon + (1 - look["grounded"]) * 4 * view["high"]
        y = down.unsqueeze(1)
        above = (y / torch.where(look["grounded"] > 0, horizon, view["high"])).clamp(0, 1)
        below = ((y - horizon) / (view["high"] - horizon).clamp_min(1)).clamp(0, 1)
        ground = (y - horizon + .5).clamp(0, 1)
        column = (top + (bottom - top) * above) * (1 - ground) + (far + (near - far) * below.sqrt()) * ground
        lent, on, _, _ = look["palette"]
        pull = (-((column.unsqueeze(1) - lent) ** 2).sum(2) * 120).softmax(1) @ lent
        column = column + (pull - column) * on
        sun = view["wide"] / 2 + view["unit"] * .5 * (scene["variant"] @ torch.tensor([-.8, .5, -.2, .9, .2, -.6, .7,
            -.4])) + view["pan"] * .4
        beside, over = (across - sun) / view["unit"], (y - torch.minimum(horizon, view["high"] * .8)) / view["unit"]
        glow = torch.exp(-beside * beside * 3.5).unsqueeze(0) * torch.exp(-over * over * 14) * (1 - ground) * look[
            "glow"] * .85 * (1 - on)
        return column.unsqueeze(1) + glow.unsqueeze(2) * (look["roles"][len(ROLES) + 2] - column.unsqueeze(1))

    def scenery(self, scene, look, view):
        """What stands in the sky and in the place: x from the middle, y from the horizon."""
        kinds = [(scene["time"].unsqueeze(1) * scene["variant"]).flatten() @ self.t_sky_strokes.flatten(1),
            (scene["place"].unsqueeze(1) * scene["variant"]).flatten() @ self.t_backdrops.flatten(1)]
        strokes = torch.cat([k.reshape(-1, ROW) for k in kinds], 0)
        in_sky = (torch.arange(strokes.shape[0]) < backdrops.SKY_STROKES).float().unsqueeze(1)
        points = rows.take(strokes, "points").unflatten(-1, (8, 2))
        depth = rows.take(strokes, "depth")
        scale, near = view["unit"] * view["decor"], 1 - .6 * depth

        def place(p, near):
            return torch.stack(self.to_screen(view, view["wide"] / 2 + p[..., 0] * scale,
                view["horizon"] * view["high"] + p[..., 1] * scale, near), -1)
        placed = place(points, near)
        role = (rows.take(strokes, "role") + len(ROLES) * in_sky).long().squeeze(-1)
        fill = look["roles"][role]
        fill = fill + (look["sky_bottom"] - fill) * depth * .72 * (1 - in_sky)
        grow = (rows.take(strokes, "line") == OWN_LINE).float() * look["line"] * view["unit"] * .75
        texture = (rows.take(strokes, "pattern") == 2).float() * 4
        upright = torch.ones_like(depth)
        frame = {"map": lambda p: place(p, near.squeeze(-1)),
            "pattern": torch.cat([placed[:, 0], upright, 0 * upright, upright * scale * view["zoom"] * .034], -1)}
        lit = fill + (look["window_light"] - fill) * look["lit"]
        inked = torch.where(grow > 0, look["ink"] + 0 * fill, fill)
        alpha = 1 - in_sky * (1 - look["open_sky"])
        return rows.assemble(placed, strokes, scale * view["zoom"], fill, inked, lit, grow, frame, view["size"],
            alpha=alpha, texture=texture)

    def subjects(self, scene, them, look, view):
        """All subjects, the nearest last: a soft shadow, then lines that several strokes share, then the strokes."""
        unit, gone = view["unit"], view["gone"]
        centres_x, centres_y = (torch.arange(l.X_BINS) + .5) / l.X_BINS, (torch.arange(l.Y_BINS) + .5) / l.Y_BINS
        shot = (scene["shot"] * self.t_shot_scale).sum()
        x, y, tall = them["x"] @ centres_x, them["y"] @ centres_y, them["size"] @ self.t_sizes * shot
        travel = gone.clamp(0, 1) * gone.clamp(0, 1) * (3 - 2 * gone.clamp(0, 1))

        def toward(now, name, centres):
            """Glide to where the last frame has the subject, if it says so."""
            to = them[name][:, 1:] @ centres
            return now + (1 - them[name][:, 0]) * (to - now) * travel
        x, y, tall = toward(x, "x2", centres_x), toward(y, "y2", centres_y), toward(tall, "size2", self.t_sizes * shot)
        m, flip = them["motion"], them["flip"][:, 1]
        facing = 1 - 2 * flip
        drift = PAN * (scene["move"][1] - scene["move"][2])
        right, left = (.93 - x - drift).clamp(.1, .42), (x + drift - .07).clamp(.1, .42)
        x = x + gone * (right * m[:, 2] - left * m[:, 1]
            + m[:, 5] * facing * torch.minimum(torch.where(facing > 0, right, left), torch.full_like(x, .3)))
        hop = torch.sin(3.1416 * 1.4 * view["clock"]).abs() * view["on"]
        y = y + gone * ((.9 - y).clamp(.12, .42) * m[:, 4] - (y - .1).clamp(.12, .42) * m[:, 3]) + m[:,
            9] * gone * gone.abs() * (.95 - tall / 2 - y).clamp_min(.12) - m[:, 10] * .2 * hop
        tall = tall * torch.exp(gone * (.65 * m[:, 6] - .8 * m[:, 7]))
        angle = m[:, 8] * 1.5708 * view["clock"] * view["on"]
        order = torch.argsort(((them["depth"] @ torch.arange(3.0)) * 10 + y + tall * .5)
            + (1 - them["kind"][:, 0]) * .01)
        kind, pose = them["kind"], them["pose"]
        template = ((kind @ self.t_index) * pose).sum(1)
        drawn = self.t_drawn[template.long()]
        cycle_on = ((m[:, 5] + (m[:, 1] + m[:, 2]) * (kind @ self.t_alive)) > 0).float() * view["on"]
        cycle = (torch.cos(view["clock"] * 8.4) - 1) * cycle_on
        beat = torch.sin(view["clock"] * 9.0) * view["on"] * torch.ones_like(cycle)
        points = rows.swing(drawn, cycle.reshape(-1, 1, 1), beat.reshape(-1, 1, 1))
        scale = (tall * unit).reshape(-1, 1, 1)
        cx, cy = self.to_screen(view, x * view["wide"], y * view["high"], 1.0)
        c, n = angle.cos().reshape(-1, 1, 1), angle.sin().reshape(-1, 1, 1)
        side, big = facing.reshape(-1, 1, 1), scale * view["zoom"]

        def place(p):
            px, py = p[..., 0] * side.reshape(side.shape[:1] + (1,) * (p.dim() - 2)), p[..., 1]
            cc, nn_, bb = (t.reshape(t.shape[:1] + (1,) * (p.dim() - 2)) for t in (c, n, big))
            ox, oy = (t.reshape((-1,) + (1,) * (p.dim() - 2)) for t in (cx, cy))
            return torch.stack([ox + (px * cc - py * nn_) * bb, oy + (px * nn_ + py * cc) * bb], -1)
        palette = self.styles.subject_roles(scene, them, look, self)
        role = rows.take(drawn, "role").long().squeeze(-1)
        fill = torch.gather(palette, 1, role.unsqueeze(-1).expand(-1, -1, 3))
        second = palette[:, ROLES.index("main")].unsqueeze(1)
        second = torch.where((second.mean(-1, keepdim=True) > .74), second * .5, second + (1 - second) * .72) + 0 * fill
        kinds = (them["texture"] @ torch.arange(4.0)).reshape(-1, 1, 1)
        texture = kinds * (rows.take(drawn, "pattern") > 0).float()
        origin = torch.stack([cx, cy], -1).unsqueeze(1)
        frame = {"map": place, "light": (origin, big * 1.6),
            "pattern": torch.cat([origin, c, n, big * TEXTURE_SCALE * (.8 + .2 * (kinds == 2).float())], -1)}
        line = rows.take(drawn, "line")
        pen = look["line"] * unit * (.6 + .8 * (scale / unit).clamp(0, 1)) * torch.ones_like(line)
        ink = look["ink"] + 0 * fill
        on = 1 - kind[:, :1].unsqueeze(-1)
        placed = place(points)
        own = (line == OWN_LINE).float() * pen
        fills = rows.assemble(placed, drawn, big, fill, torch.where(own > 0, ink, fill), second, own, frame,
            view["size"], alpha=on, texture=texture)
        shared = (line == SHARED_LINE).float() * (look["line"] > 0).float()
        lines = rows.outlines(fills, pen, ink, view["size"])
        lines = (lines[0], lines[1], fills[2] & (shared.squeeze(-1) > 0))
        base = self.t_shadow * torch.ones_like(scale)
        half = (kind @ self.t_wide).reshape(-1, 1, 1, 1)
        flat = rows.take(base, "points").unflatten(-1, (8, 2)) * torch.cat([half, torch.ones_like(half)], -1)
        dark = palette[:, ROLES.index("shadow")].unsqueeze(1)
        standing = (kind @ self.t_grounded).reshape(-1, 1, 1) * look["shadow"] * (1 - m[:, 8:9].unsqueeze(-1))
        cast = rows.assemble(place(flat), base, big, dark, dark, dark, base[..., :1] * 0,
            {"map": place, "pattern": torch.cat([origin, c, n, big], -1)}, view["size"], alpha=standing * on)
        shown = (kind[:, :1] < .5)
        stacked = [torch.cat([a[i], b[i], f[i]], 1)[order] for i in range(2) for a, b, f in ((cast, lines, fills),)]
        visible = (torch.cat([cast[2] & (standing.reshape(-1, 1) > 0), lines[2], fills[2]], 1) & shown)[order]
        return stacked[0].flatten(0, 1), stacked[1].flatten(0, 1), visible.flatten()

    def foreground(self, scene, look, view):
        """The near shoulder and head of an over-the-shoulder shot."""
        strokes = self.t_shoulder[0]
        side = 1 - 2 * (scene["variant"] * torch.tensor([0., 1, 0, 1, 0, 1, 0, 1])).sum()
        points = rows.take(strokes, "points").unflatten(-1, (8, 2))
        scale = view["unit"] * .95

        def place(p):
            return torch.stack([view["wide"] / 2 + side * (p[..., 0] * scale + view["wide"] * .40),
                view["high"] * .78 + p[..., 1] * scale], -1)
        dark = look["shoulder"] + torch.zeros_like(points[..., 0, :1])
        frame = {"map": place, "pattern": torch.zeros_like(points[..., 0, :1]).expand(-1, 5)}
        on = scene["shot"][v.SHOTS.index("over the shoulder")]
        painted, boxes, shown = rows.assemble(place(points), strokes, scale, dark, dark, dark, dark[..., :1] * 0, frame,
            view["size"])
        return painted, boxes, shown & (on > 0)


def _half_width(kind):
    return {"person": .32, "tree": .55, "lamp": .4, "door": .72, "car": 2.1, "dog": 1.2, "table": 1.5, "cat": .85,
        "flower": .25, "house": 1.1}.get(kind, 1.0)
