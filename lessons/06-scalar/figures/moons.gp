# Two moons: the points, and what nets of 1, 2 and 8 hidden neurons say about the whole plane.
# data: for w in 1 2 8; do build/gpt scalar moons --width $w --map 81 && printf '\n'; done
set terminal svg size 900,300 background rgb 'white' font 'sans,13'
set xrange [-2:2]
set yrange [-1.5:1.5]
set cbrange [-1:1]
set size ratio 0.75
set palette defined (-1 '#e8b48a', 0 '#ffffff', 1 '#9dbde0')
unset colorbox
unset key
set xlabel 'x' offset 0,0.4
set xtics 1
set ytics 1
# The line where the output is 0, for each map.
set contour base
set cntrparam levels discrete 0
unset surface
set table $LINES
splot for [i=0:2] data index 2 * i + 1 using 1:2:3
unset table
set multiplot layout 1,3 margins 0.06,0.985,0.2,0.89 spacing 0.035,0
do for [i=0:2] {
    set title sprintf('%s hidden neuron%s', word('1 2 8', i + 1), i ? 's' : '')
    set ylabel i ? '' : 'y' offset 1.5,0
    plot data index 2 * i + 1 using 1:2:3 with image, \
         $LINES index i using 1:2 with lines lw 2.5 lc rgb '#222222', \
         data index 2 * i using ($3 > 0 ? $1 : NaN):2 with points pt 7 ps 0.35 lc rgb '#1f4e8c', \
         data index 2 * i using ($3 < 0 ? $1 : NaN):2 with points pt 9 ps 0.45 lc rgb '#b5490f'
}
unset multiplot
