//! The colours of campaigns: the same in the picture, in the page beside it and in Gephi.

/// The hue of a campaign, in degrees: neighbours in the order of campaigns lie far apart.
pub(crate) fn hue(campaign: usize) -> f64 {
    ((215.0 + campaign as f64 * 137.508) % 360.0).round()
}

/// What belongs to no campaign.
const NONE: [u8; 3] = [0x8b, 0x94, 0x9e];

/// A campaign's colour in numbers.
pub(super) fn rgb(campaign: Option<usize>) -> [u8; 3] {
    campaign.map_or(NONE, |n| of_hsl(hue(n), 0.65, 0.45))
}

fn of_hsl(hue: f64, saturation: f64, lightness: f64) -> [u8; 3] {
    let of = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        let a = saturation * lightness.min(1.0 - lightness);
        let value = lightness - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (255.0 * value).round() as u8
    };
    [of(0.0), of(8.0), of(4.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_are_colours() {
        assert_eq!(of_hsl(0.0, 1.0, 0.5), [255, 0, 0]);
        assert_eq!(of_hsl(120.0, 1.0, 0.25), [0, 128, 0]);
        assert_ne!(rgb(Some(0)), rgb(Some(1)));
    }
}
