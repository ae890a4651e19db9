# Four processes, four pieces: the messages up the row and back, over time.
# data: awk 'BEGIN { N = 4; P = 4; for (p = 0; p < P; p++) for (i = 0; i < N - 1; i++) print i, p + i, p, "up"; for (p = 0; p < P; p++) for (i = 0; i < N - 1; i++) print N - 2 - i, P + N - 2 + p + i, p, "down" }'
set terminal svg size 760,300 background rgb 'white' font 'sans,14'
set xrange [0:12]
set yrange [2.6:-0.6]
set xtics 0,1,12 scale 0
set xlabel 'time, in messages'
set ytics ('0 and 1' 0, '1 and 2' 1, '2 and 3' 2) scale 0
set ylabel 'between processes'
set grid xtics linecolor rgb '#dddddd'
set style fill solid 0.9 border rgb 'white'
set arrow from 6,-0.55 to 6,2.55 nohead linewidth 2 linecolor rgb '#888888' dashtype 2
set label 'the sum goes up: each adds its own' at 0.1,-0.48 textcolor rgb '#08306b' front
set label 'the total comes back' at 6.1,-0.48 textcolor rgb '#a63603' front
unset key
plot data using ($2 + 0.5):1:($2 + 0.03):($2 + 0.97):($1 - 0.33):($1 + 0.33):(strcol(4) eq 'up' ? 0x6baed6 : 0xfdae6b) \
         with boxxyerror linecolor rgb variable, \
     data using ($2 + 0.5):1:(strcol(4) eq 'up' ? sprintf('piece %d', $3) : sprintf('piece %d', $3)) with labels font 'sans,12'
