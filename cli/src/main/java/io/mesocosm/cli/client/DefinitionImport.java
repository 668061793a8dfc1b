package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.cli.client.Definitions.Kind;
import io.mesocosm.cli.client.Difference.Extent;
import io.mesocosm.cli.client.ImportOrder.Item;
import io.mesocosm.cli.client.ImportReport.Outcome;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Copies definitions into this cluster, one by one, so that one that is refused holds up no other.
 * Whatever is here already and equal is left alone; run again, it goes on where it ended.
 */
final class DefinitionImport {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int NAMED_MAX = 5;

  private final Api services;
  private final DryRun dryRun;
  private final ImportChoices choices;
  private final ImportReport report;
  private boolean dryRunIsKnown;

  DefinitionImport(Api services, ImportChoices choices, PrintWriter out) {
    this.services = services;
    this.dryRun = new DryRun(services);
    this.choices = choices;
    this.report = new ImportReport(choices.dryRun(), out);
  }

  ImportReport copy(Definitions source) {
    Definitions present = Definitions.none();
    present.addGroup(
        services.get("/v2/groups?embed=group.groups&embed=group.apps&embed=group.pods"), "/");
    dryRunIsKnown = dryRun.isKnown();
    try {
      ImportOrder.of(source).forEach(item -> copy(item, present));
    } catch (CommandFailure e) {
      report.print(); // what has been done must be known even if it cannot go on
      throw e;
    }
    return report;
  }

  private void copy(Item item, Definitions present) {
    ObjectNode wanted = choices.adapt(item.kind(), item.definition());
    Item adapted = new Item(item.kind(), item.id(), wanted);
    Optional<ObjectNode> here = present.find(item.kind(), item.id());
    if (here.isEmpty()) {
      create(adapted);
    } else if (item.kind() == Kind.GROUP) {
      group(adapted, here.get());
    } else {
      compare(adapted, here.get());
    }
  }

  private void create(Item item) {
    String path = item.kind().path();
    if (choices.dryRun()) {
      if (dryRunIsKnown) {
        note(item, dryRun.ask("POST", path, item.definition()), Outcome.COPIED, "");
      } else {
        report.add(item, Outcome.COPIED, "");
      }
    } else {
      note(item, send("POST", path, item.definition()), Outcome.COPIED, "");
    }
  }

  private void compare(Item item, ObjectNode here) {
    String path = item.kind().path() + item.id();
    if (item.kind() == Kind.APP) {
      path += "?partialUpdate=false";
    }
    ObjectNode wanted = item.definition();
    Extent extent = Extent.WRITTEN;
    if (dryRunIsKnown) {
      Api.Answer answer = dryRun.ask("PUT", path, wanted);
      if (!answer.isSuccess()) {
        note(item, answer, Outcome.EQUAL, "");
        return;
      }
      Optional<ObjectNode> read =
          DryRun.plan(answer.body()).definitions().flatMap(all -> all.find(item.kind(), item.id()));
      extent = read.isPresent() ? Extent.WHOLE : Extent.WRITTEN;
      wanted = read.orElse(wanted);
    }
    List<Difference> differences =
        Difference.between(choices.comparable(here), choices.comparable(wanted), extent);
    if (differences.isEmpty()) {
      report.add(item, Outcome.EQUAL, "");
    } else if (!choices.replace()) {
      report.add(item, Outcome.DIFFERING, text(differences));
    } else if (choices.dryRun()) {
      report.add(item, Outcome.REPLACED, text(differences));
    } else {
      note(item, send("PUT", path, item.definition()), Outcome.REPLACED, text(differences));
    }
  }

  /**
   * Of a group that is here, only who must use its role can be changed without all that is in it.
   */
  private void group(Item item, ObjectNode here) {
    List<Difference> differences =
        Difference.between(here, item.definition(), Extent.WRITTEN).stream()
            .filter(one -> !one.path().equals("enforceRole") || one.after().asBoolean())
            .toList();
    if (differences.isEmpty()) {
      report.add(item, Outcome.EQUAL, "");
      return;
    }
    boolean onlyRole = differences.stream().allMatch(one -> one.path().equals("enforceRole"));
    if (!choices.replace() || !onlyRole) {
      String remedy = choices.replace() ? " (dependencies of a group are not replaced)" : "";
      report.add(item, Outcome.DIFFERING, text(differences) + remedy);
    } else if (choices.dryRun()) {
      report.add(item, Outcome.REPLACED, text(differences));
    } else {
      JsonNode body = JsonNodeFactory.instance.objectNode().put("enforceRole", true);
      Api.Answer answer = send("PATCH", "/v2/groups" + item.id(), body);
      note(item, answer, Outcome.REPLACED, text(differences));
    }
  }

  private void note(Item item, Api.Answer answer, Outcome ifTaken, String note) {
    if (answer.status() == 401) {
      services.succeed(answer, item.kind().path()); // so it is for all that follow
    }
    if (answer.isSuccess()) {
      report.add(item, ifTaken, note);
    } else {
      report.add(item, Outcome.REFUSED, answer.problem() + " (" + answer.status() + ")");
    }
  }

  /** Each write is a deployment, and there may be only so many at a time: then it waits. */
  private Api.Answer send(String method, String path, JsonNode body) {
    long begin = System.nanoTime();
    Api.Answer answer = services.exchange(method, path, body.toString());
    while (answer.status() == 403
        && answer.text().contains("deployments")
        && System.nanoTime() - begin < choices.patience().toNanos()) {
      LockSupport.parkNanos(POLL.toNanos());
      answer = services.exchange(method, path, body.toString());
    }
    return answer;
  }

  private static String text(List<Difference> differences) {
    String named =
        differences.stream()
            .limit(NAMED_MAX)
            .map(Difference::text)
            .collect(Collectors.joining(", "));
    int more = differences.size() - NAMED_MAX;
    return more > 0 ? named + " and " + more + " more" : named;
  }
}
