# How surprised two columns are, in bits, by a text that changes its kind every 200 characters: moving averages, and where A's gives the alarm.
# data: make -s datasets/stories >&2 && build/gpt lab turns --examples 30000
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'surprise in bits, as moving averages; A and B in turns of 200 characters'
set xlabel 'characters read'
set xrange [0:600]
set yrange [0:18]
set xtics 100
set grid
set key below
set label 'A' at 100, 17 center
set label 'B' at 300, 17 center
set label 'A' at 500, 17 center
do for [x in "200 400"] { set arrow from real(x), 0 to real(x), 18 nohead lw 1 lc rgb '#555555' }
alarm = real(system(sprintf("awk '/^alarm/ { print $3 }' '%s'", data)))
rows = sprintf("< awk '$1 ~ /^[0-9]+$/' '%s'", data)
plot rows using 1:4 with lines lw 1 lc rgb '#8fb3d9' title "A's column, keep 0.7", \
     rows using 1:5 with lines lw 1 lc rgb '#e0a39b' title "B's column, keep 0.7", \
     rows using 1:3 with lines lw 3 lc rgb '#1f4e79' title "A's column, keep 0.98", \
     alarm with lines lw 2 dt 2 lc rgb '#555555' title 'alarm'
