# A training step of 809,856 weights, two batches of 12 x 64: measured with 1 and 2 threads on two
# cores of a Xeon server by `gpt parallel scaling`, best of many steps in turns; Amdahl's lines
# through the points.
set terminal svg size 640,420 background rgb 'white' font 'sans,14' noenhanced
$kernels << END
1 1
2 1.87
END
$batches << END
1 1
2 1.95
END
amdahl(n, s) = 1 / (s + (1 - s) / n)
serial(S) = (1 / S - 0.5) / 0.5
set xrange [1:16]
set yrange [0:16]
set xtics (1, 2, 4, 8, 12, 16)
set ytics 4
set xlabel 'threads'
set ylabel 'times as fast as on one'
set grid linecolor rgb '#dddddd'
set key top left Left reverse samplen 2
plot x with lines dashtype 2 linecolor rgb '#999999' title 'as many times as threads', \
     amdahl(x, serial(1.95)) with lines linewidth 2 linecolor rgb '#1f5fa8' title sprintf('Amdahl, %.1f %% serial', 100 * serial(1.95)), \
     $batches with points pointtype 7 linecolor rgb '#1f5fa8' title 'measured, a batch for each thread', \
     amdahl(x, serial(1.87)) with lines linewidth 2 linecolor rgb '#c0392b' title sprintf('Amdahl, %.0f %% serial', 100 * serial(1.87)), \
     $kernels with points pointtype 7 linecolor rgb '#c0392b' title 'measured, threads in the kernels'
