# Seconds of a message against its bytes, between two processes of one machine, and the lines of
# cluster_fit.  Measured once, on two cores of an Intel server: gpt cluster --rounds 40, and the
# same under mpirun -np 2 (Open MPI 4.1).
$measured << END
4 2.2 0.3
32 2.25 0.32
256 2.2 0.4
2048 2.4 1.2
16384 3.3 5.5
131072 12.1 22.8
1048576 127.1 279.0
8388608 1280.0 1570.3
END
set terminal svg size 640,420 background rgb 'white' font 'sans,14'
set logscale xy
set xlabel 'bytes'
set ylabel 'microseconds'
set xrange [2:2e7]
set yrange [0.1:5000]
set format x '10^%T'
set grid linecolor rgb '#dddddd'
set key top left
sockets(x) = 2.123 + x * 1.0034e-04
mpi(x) = 0.3274 + x * 2.1516e-04
plot $measured using 1:2 with points pointtype 7 pointsize 0.7 linecolor rgb '#08306b' title 'sockets', \
     sockets(x) with lines linewidth 1.5 linecolor rgb '#6baed6' title 'their line: 2.1 us, 10.0 GB/s', \
     $measured using 1:3 with points pointtype 5 pointsize 0.6 linecolor rgb '#a63603' title 'MPI', \
     mpi(x) with lines linewidth 1.5 linecolor rgb '#fdae6b' title 'its line: 0.3 us, 4.6 GB/s'
