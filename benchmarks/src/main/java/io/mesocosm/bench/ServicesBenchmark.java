package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mesocosm.bench.ServicesSettings.Part;

/** The services scheduler as it is run, with simulated agents: the goals of its issue. */
final class ServicesBenchmark implements Benchmark {
  @Override
  public String name() {
    return "services";
  }

  @Override
  public String description() {
    return "apps one by one, one app to 100,000 instances, reads beside that, a failover";
  }

  @Override
  public void run(Settings settings, Report report) {
    ServicesRun run = new ServicesRun(settings, report);
    run.describe();
    for (Part part : Part.values()) {
      if (settings.services().measures(part)) {
        switch (part) {
          case APPS -> ServicesAppsPart.measure(run);
          case SCALE -> ServicesScalePart.measure(run);
          case READS -> ServicesReadsPart.measure(run);
          case FAILOVER -> ServicesFailoverPart.measure(run);
        }
      }
    }
    ArrayNode missed = report.json().putArray("missed");
    run.missed().forEach(missed::add);
    if (settings.services().strict() && !run.missed().isEmpty()) {
      throw new IllegalStateException("goals were missed: " + String.join("; ", run.missed()));
    }
  }
}
