# What a matrix makes of a circle, before and after steps of Newton and Schulz.
# data: for p in muon classical; do build/gpt optim --matrix '3 1 1 0.5' --polynomial $p --steps 5 | sed '1s/^/# /'; printf '\n\n'; done
set terminal svg size 800,430 background rgb 'white' font 'sans,14'
set multiplot title 'what the matrix 3 1, 1 0.5 makes of a circle, after 0 to 5 steps'
set size ratio -1
set xrange [-1.3:1.3]
set yrange [-1.3:1.3]
set xtics 0.5
set ytics 0.5
set grid lc rgb '#dddddd'
set trange [0:2*pi]
set samples 200
colour(i) = word('#08306b #2171b5 #6baed6 #fdae6b #e6550d #a63603', i + 1)
do for [k=0:1] {
    set title (k == 0 ? "Muon's quintic" : 'the classical cubic')
    array a[6]; array b[6]; array c[6]; array d[6]
    stats data index k using (a[int($1)+1] = $2, b[int($1)+1] = $3, c[int($1)+1] = $4, d[int($1)+1] = $5, $1) nooutput
    set parametric
    set lmargin at screen (k == 0 ? 0.06 : 0.49)
    set rmargin at screen (k == 0 ? 0.43 : 0.86)
    set bmargin at screen 0.10
    set tmargin at screen 0.80
    if (k == 0) { unset key } else { set key at screen 0.99, 0.72 title 'steps' }
    plot for [i=0:5] a[i+1]*cos(t) + b[i+1]*sin(t), c[i+1]*cos(t) + d[i+1]*sin(t) with lines lw (i % 5 ? 1.5 : 3) lc rgb colour(i) title sprintf('%d', i), \
         cos(t), sin(t) with lines dt 2 lc rgb '#555555' title 'circle'
    unset parametric
}
unset multiplot
