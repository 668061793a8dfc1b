package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.ResourceLimits;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an app takes of its agents (contracts/marathon-api.md §4): resources, limits beyond them,
 * and what an executor of its own takes.
 */
final class AppResources {
  private static final double CPUS_MIN = 0.001;

  /** More than any agent has, and less than what cannot be calculated with. */
  private static final double AMOUNT_MAX = 1e12;

  private static final String UNLIMITED = "unlimited";

  private AppResources() {}

  static void read(Fields fields, AppDefinitionBuilder app) {
    double cpus = fields.number("cpus", CPUS_MIN, AMOUNT_MAX).orElse(1.0);
    double mem = fields.number("mem", 0, AMOUNT_MAX).orElse(128.0);
    app.cpus(cpus)
        .mem(mem)
        .disk(fields.number("disk", 0, AMOUNT_MAX).orElse(0.0))
        .gpus(fields.integer("gpus", 0).orElse(0));
    Optional<List<String>> roles = fields.texts("acceptedResourceRoles");
    fields
        .problems()
        .ruleUnless(
            roles.filter(List::isEmpty).isEmpty(), "/acceptedResourceRoles", "must not be empty");
    app.acceptedResourceRoles(roles.orElse(List.of()));
    app.resourceLimits(limits(fields.objectOrEmpty("resourceLimits"), cpus, mem));
    app.executor(fields.text("executor").filter(path -> !path.isEmpty()));
    app.executorResources(fields.object("executorResources").map(AppResources::ofExecutor));
  }

  static ResourceLimits limits(Fields limits, double cpus, double mem) {
    return new ResourceLimits(limit(limits, "cpus", cpus), limit(limits, "mem", mem));
  }

  private static OptionalDouble limit(Fields limits, String name, double requested) {
    JsonNode given = limits.node().path(name);
    if (given.isTextual()) {
      limits
          .problems()
          .ruleUnless(
              given.textValue().equals(UNLIMITED),
              limits.pathOf(name),
              "got " + given.textValue() + ", expected a number or " + UNLIMITED);
      return OptionalDouble.of(Double.POSITIVE_INFINITY);
    }
    Optional<Double> limit = limits.number(name);
    limit.ifPresent(value ->
        limits
            .problems()
            .ruleUnless(
                value >= requested && value <= AMOUNT_MAX,
                limits.pathOf(name),
                "got "
                    + value
                    + ", expected no less than "
                    + name
                    + ", "
                    + requested
                    + ", and no more than "
                    + AMOUNT_MAX));
    return limit.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  private static ExecutorResources ofExecutor(Fields fields) {
    ExecutorResources usual = ExecutorResources.USUAL;
    return new ExecutorResources(
        fields.number("cpus", CPUS_MIN, AMOUNT_MAX).orElse(usual.cpus()),
        fields.number("mem", 0, AMOUNT_MAX).orElse(usual.mem()),
        fields.number("disk", 0, AMOUNT_MAX).orElse(usual.disk()));
  }

  static void write(AppDefinition app, ObjectNode json) {
    AppWriter.putNumber(json, "cpus", app.cpus());
    AppWriter.putNumber(json, "mem", app.mem());
    AppWriter.putNumber(json, "disk", app.disk());
    json.put("gpus", app.gpus());
    ResourceLimits limits = app.resourceLimits();
    if (!limits.equals(ResourceLimits.NONE)) {
      ObjectNode into = json.putObject("resourceLimits");
      limits.cpus().ifPresent(cpus -> putLimit(into, "cpus", cpus));
      limits.mem().ifPresent(mem -> putLimit(into, "mem", mem));
    }
    json.put("executor", app.executor().orElse(""));
    app.executorResources()
        .ifPresent(executor -> {
          ObjectNode into = json.putObject("executorResources");
          AppWriter.putNumber(into, "cpus", executor.cpus());
          AppWriter.putNumber(into, "mem", executor.mem());
          AppWriter.putNumber(into, "disk", executor.disk());
        });
  }

  private static void putLimit(ObjectNode into, String name, double limit) {
    if (Double.isInfinite(limit)) {
      into.put(name, UNLIMITED);
    } else {
      AppWriter.putNumber(into, name, limit);
    }
  }
}
