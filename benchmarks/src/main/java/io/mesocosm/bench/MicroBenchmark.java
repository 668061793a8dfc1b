package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mesocosm.bench.micro.AlgebraBenchmark;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The hot parts by JMH: the algebra, the sorter, the codecs. */
final class MicroBenchmark implements Benchmark {
  @Override
  public String name() {
    return "micro";
  }

  @Override
  public String description() {
    return "JMH: resource algebra, allocator's sorter, protobuf, JSON and RecordIO";
  }

  @Override
  public void run(Settings settings, Report report) {
    Options options =
        new OptionsBuilder()
            .include(AlgebraBenchmark.class.getPackageName() + ".*")
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(settings.rounds())
            .measurementTime(TimeValue.seconds(1))
            .timeUnit(TimeUnit.MICROSECONDS)
            .verbosity(VerboseMode.SILENT)
            .build();
    Table table = new Table("micro: average time", "benchmark", "us/op", "+-");
    ArrayNode all = report.array("results");
    try {
      Collection<RunResult> results = new Runner(options).run();
      for (RunResult result : results) {
        String[] path = result.getParams().getBenchmark().split("\\.", -1);
        String name = path[path.length - 2] + "." + path[path.length - 1];
        for (String key : result.getParams().getParamsKeys()) {
          name += " " + key + "=" + result.getParams().getParam(key);
        }
        double score = result.getPrimaryResult().getScore();
        double error = result.getPrimaryResult().getScoreError();
        table.add(name, score, error);
        all.addObject().put("name", name).put("us_per_op", score);
      }
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
    report.print(table);
  }
}
