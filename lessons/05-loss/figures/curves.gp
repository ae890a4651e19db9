# Four losses of two ids, and their slopes, against the target's logit; the other logit is 0.
# data: true
set terminal svg size 820,420 background rgb 'white' font 'sans,14'
P(x) = 1 / (1 + exp(-x))
ce(x) = -log(P(x))
smooth(x) = 0.95 * ce(x) + 0.05 * ce(-x)
focal(x) = (1 - P(x))**2 * ce(x)
brier(x) = 2 * (1 - P(x))**2
slope(above, below) = (above - below) / 2e-4
set multiplot layout 1,2
set xlabel "target's logit (the other is 0)"
set xrange [-6:6]
set grid
set key top right
set title 'loss (nats; Brier: no unit)'
set yrange [-0.2:6]
plot ce(x) with lines lw 2 lc rgb '#0072b2' title 'cross-entropy', \
     smooth(x) with lines lw 2 lc rgb '#e69f00' dt 2 title 'smooth, 0.1', \
     focal(x) with lines lw 2 lc rgb '#d55e00' dt 4 title 'focal, 2', \
     brier(x) with lines lw 2 lc rgb '#009e73' title 'own (Brier)'
set title "its slope in the target's logit"
set yrange [-1.3:0.3]
plot slope(ce(x + 1e-4), ce(x - 1e-4)) with lines lw 2 lc rgb '#0072b2' notitle, \
     slope(smooth(x + 1e-4), smooth(x - 1e-4)) with lines lw 2 lc rgb '#e69f00' dt 2 notitle, \
     slope(focal(x + 1e-4), focal(x - 1e-4)) with lines lw 2 lc rgb '#d55e00' dt 4 notitle, \
     slope(brier(x + 1e-4), brier(x - 1e-4)) with lines lw 2 lc rgb '#009e73' notitle
