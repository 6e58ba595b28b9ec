# A6: eta and the s_* values are left to the server, whose defaults are not the seed's 0 and 1.
try sdctl img2img --dry-run -i "$TILE" --sampler 'Euler a'
pick 'keys'
try sdctl img2img --explain -i "$TILE" --sampler 'Euler a'
pick '.parameters | {eta, s_churn, s_tmin, s_tmax, s_noise, s_min_uncond}'

say 'they are sent when asked for'
try sdctl img2img --dry-run -i "$TILE" --set eta=0 --set s_noise=1.003
pick '{eta, s_noise}'
run sdctl img2img --dry-run -i "$TILE" --set eta=much
