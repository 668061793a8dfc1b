package io.mesocosm.services.autoscale;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What an agent told of its containers at one time.
 *
 * @param used cpu time by the id of the executor, which is the task's of a task without one, and by
 *     what the executor names as its source
 */
record AgentReading(Instant at, Map<String, Used> used) {
  AgentReading {
    used = Collections.unmodifiableMap(used);
  }

  /**
   * @param at seconds since 1970, by the agent's clock
   * @param seconds of one cpu, since the container started
   */
  record Used(double at, double seconds) {}

  /** Of the array that {@code /monitor/statistics} answers. */
  static AgentReading of(JsonNode containers, Instant at) {
    Map<String, Used> used = new HashMap<>();
    for (JsonNode container : containers) {
      JsonNode statistics = container.path("statistics");
      JsonNode user = statistics.path("cpus_user_time_secs");
      JsonNode system = statistics.path("cpus_system_time_secs");
      if (statistics.path("timestamp").isNumber() && (user.isNumber() || system.isNumber())) {
        Used reading =
            new Used(
                statistics.path("timestamp").doubleValue(),
                user.doubleValue() + system.doubleValue());
        // Executors of one's own have ids of their own, and the task's id as their source.
        used.put(container.path("source").asText(), reading);
        used.put(container.path("executor_id").asText(), reading);
      }
    }
    return new AgentReading(at, used);
  }

  /** How many cpus the task's container has used on average since the earlier reading. */
  OptionalDouble cpusSince(AgentReading earlier, String taskId) {
    Used before = earlier.used().get(taskId);
    Used now = used.get(taskId);
    if (before == null || now == null) {
      return OptionalDouble.empty();
    }
    double seconds = now.at() - before.at();
    double cpu = now.seconds() - before.seconds();
    return seconds <= 0 || cpu < 0 ? OptionalDouble.empty() : OptionalDouble.of(cpu / seconds);
  }
}
