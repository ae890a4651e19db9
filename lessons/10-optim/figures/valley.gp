# Thirty steps down a valley that is 40 times as steep across as along, by three rules.
# data: for how in 'sgd --lr 0.045' 'momentum --lr 0.02' 'adamw --lr 0.5'; do build/gpt optim --optimizer $how --steps 30 | sed '1s/^/# /'; printf '\n\n'; done
set terminal svg size 800,660 background rgb 'white' font 'sans,14'
set multiplot title 'thirty steps, from the ring towards the lowest place, the cross'
set xrange [-11:6]
set yrange [-1.45:1.45]
set ytics 1
set ylabel 'y, steep'
set lmargin at screen 0.08
set rmargin at screen 0.98
set parametric
set trange [0:2*pi]
set style line 1 lw 1 lc rgb '#bbbbbb'
set label 1 '+' at 0,0 center font 'sans,20' front
unset key
do for [k=0:2] {
    set title (k == 0 ? 'gradient descent, rate 0.045' : k == 1 ? 'momentum 0.9, rate 0.02' : 'AdamW, rate 0.5') offset 0,-0.6
    set tmargin at screen 0.89 - 0.29 * k
    set bmargin at screen 0.69 - 0.29 * k
    if (k == 2) { set xlabel 'x, flat' }
    plot for [r=1:8] 1.6*r*cos(t), 1.6*r/sqrt(40)*sin(t) with lines ls 1, \
         data index k using 2:3 with linespoints lw 1.8 pt 7 ps 0.45 lc rgb '#1f5fa8', \
         data index k using 2:3 every ::0::0 with points pt 6 ps 1.6 lw 2 lc rgb '#c0392b', \
         data index k using 2:3 every ::30::30 with points pt 5 ps 0.9 lc rgb '#c0392b'
}
unset multiplot
