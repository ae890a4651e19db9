# The tape of the worked example: recorded from left to right, replayed from right to left.
# data: build/gpt tape
set terminal svg size 800,430 background rgb 'white' font 'sans,14'
unset border; unset tics; unset key
set xrange [-0.55:4.55]
set yrange [-2.6:2.6]
set samples 60
# The columns are parted by two spaces or more.
field(node, i) = system(sprintf("awk -F '  +' '$2 == \"%d\" { print $%d }' '%s'", node, i, data))
do for [n = 0:4] {
    set object (n + 1) rectangle center n, 0 size 0.78, 1.9 fillcolor rgb '#f4f4f4' fillstyle solid border rgb '#555555'
    set label sprintf('%d', n) at n - 0.35, 0.78 font ',12' textcolor rgb '#555555'
    set label field(n, 3) at n + 0.03, 0.58 center
    set label field(n, 5) at n, 0.02 center textcolor rgb '#1f4e79' font ',15'
    set label field(n, 6) at n, -0.62 center textcolor rgb '#c0392b' font ',15'
}
set label 'record: data, from the first node to the last' at 2, 2.42 center textcolor rgb '#1f4e79'
set label 'replay: gradients, from the last node to the first' at 2, -2.42 center textcolor rgb '#c0392b'
# An arc over the boxes, or below them, from the node a to the node b; its head comes down at the end.
over(a, b, high, t) = 1.0 + high * sin(pi * t)
span(a, b, t) = a + (b - a) * t
head(a, b, s) = sprintf('set arrow from %f,%f to %f,%f head filled size 0.09,20 lw 2 lc rgb "%s"', \
    span(a, b, 0.93), s * over(a, b, 0.4 + 0.3 * abs(b - a), 0.93), b, s * 1.0, s > 0 ? '#1f4e79' : '#c0392b')
eval head(-0.05, 1.75, 1)
eval head(1.0, 1.9, 1)
eval head(2.05, 2.8, 1)
eval head(2.2, 3.05, 1)
eval head(3.2, 4.0, 1)
eval head(4.0, 3.2, -1)
eval head(3.05, 2.2, -1)
eval head(2.8, 2.05, -1)
eval head(1.9, 1.0, -1)
eval head(1.75, -0.05, -1)
arc(a, b, s) = s * over(a, b, 0.4 + 0.3 * abs(b - a), t)
plot for [s = -1:1:2] for [k = 0:4] \
    a = word('-0.05 1.0 2.05 2.2 3.2', k + 1) + 0, b = word('1.75 1.9 2.8 3.05 4.0', k + 1) + 0, \
    [t = (s > 0 ? 0 : 0.07):(s > 0 ? 0.93 : 1)] '+' using (span(a, b, $1)):(s * over(a, b, 0.4 + 0.3 * abs(b - a), $1)) \
    with lines lw 2 lc rgb (s > 0 ? '#1f4e79' : '#c0392b')
