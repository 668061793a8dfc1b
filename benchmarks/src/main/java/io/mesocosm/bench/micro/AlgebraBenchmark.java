package io.mesocosm.bench.micro;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import java.util.List;
import org.apache.mesos.v1.Protos.Resource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The resource algebra on what one agent and one task have. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class AlgebraBenchmark {
  private final Resources agent =
      ResourceText.parse("cpus:24;mem:98304;disk:1000000;ports:[31000-32000]", "*");
  private final Resources task = ResourceText.parse("cpus:0.5;mem:64;ports:[31005-31006]", "*");
  private final Resources left = agent.minus(task);
  private final List<Resource> wire = ResourceMapping.toProto(agent);

  @Benchmark
  public Resources plus() {
    return left.plus(task);
  }

  @Benchmark
  public Resources minus() {
    return agent.minus(task);
  }

  @Benchmark
  public boolean contains() {
    return agent.contains(task);
  }

  @Benchmark
  public Resources allocatedTo() {
    return agent.allocatedTo("role");
  }

  @Benchmark
  public Resources fromWire() throws InvalidMessageException {
    return ResourceMapping.toModel(wire);
  }

  @Benchmark
  public List<Resource> toWire() {
    return ResourceMapping.toProto(agent);
  }
}
