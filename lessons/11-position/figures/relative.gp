# One query and one key at 32 places: the score of query t and key s, told their places in three ways.
# data: for k in learned waves rotary; do build/gpt position --kind $k --places 32 --width 16 --seed 4 | tail -n +2 | cut -c 6-; printf '\n\n'; done
set terminal svg size 900,340 background rgb 'white' font 'sans,14'
set multiplot layout 1,3
set size square
set xrange [-0.5:31.5]
set yrange [31.5:-0.5]
set xtics 0,8,31
set ytics 0,8,31
set xlabel 'place s of the key'
set ylabel 'place t of the query'
unset key
unset colorbox
set palette defined (0 '#08306b', 1 '#4292c6', 2 '#f7f7f7', 3 '#ef6548', 4 '#7f0000')
do for [i=0:2] {
    set title word('learned waves rotary', i + 1)
    plot data index i matrix with image
}
unset multiplot
