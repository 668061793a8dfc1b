package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.cli.client.Definitions.Kind;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a document would change. Compared is what the scheduler makes of the document, so its
 * defaults are no differences; only if it does not say, the document is compared as it was written.
 */
final class DefinitionDiff {
  private final Api services;
  private final PrintWriter out;

  DefinitionDiff(Api services, PrintWriter out) {
    this.services = services;
    this.out = out;
  }

  /** Returns whether anything would change. */
  boolean print(Document document) {
    DryRun dryRun = new DryRun(services);
    if (document.form() != Document.Form.GROUP && !dryRun.isKnown()) {
      throw CommandFailure.failed(
          "the scheduler at "
              + services.base()
              + " does not know dryRun for apps and pods, and would apply the file: give a group,"
              + " or ask a newer scheduler");
    }
    Api.Answer answer = dryRun.ask("PUT", document.path(), document.body());
    DryRun.Plan plan = DryRun.plan(services.succeed(answer, document.path()));
    Definitions present = present(document);
    Definitions wanted = wanted(document, plan);
    Difference.Extent extent =
        plan.definitions().isPresent() ? Difference.Extent.WHOLE : Difference.Extent.WRITTEN;
    boolean changes = false;
    for (Kind kind : Kind.values()) {
      for (String id : ids(kind, present, wanted, plan)) {
        changes |=
            present
                .find(kind, id)
                .map(before ->
                    print(
                        kind,
                        id,
                        before,
                        wanted,
                        kind == Kind.GROUP ? Difference.Extent.WRITTEN : extent))
                .orElseGet(() -> printNew(kind, id, wanted, document.definitions()));
      }
    }
    steps(plan);
    changes |= !plan.steps().isEmpty();
    if (!changes) {
      out.println("nothing would change");
    } else if (plan.definitions().isEmpty()) {
      out.println(
          "(the scheduler does not say how it reads the file: fields that the file leaves out are"
              + " not compared)");
    }
    out.flush();
    return changes;
  }

  private Definitions present(Document document) {
    Definitions present = Definitions.none();
    if (document.form() == Document.Form.GROUP) {
      lookUp(document.path() + "?embed=group.groups&embed=group.apps&embed=group.pods")
          .ifPresent(group -> present.addGroup(group, "/"));
      return present;
    }
    for (String id : document.definitions().apps().keySet()) {
      lookUp("/v2/apps" + id).ifPresent(answer -> present.addApp(answer.path("app"), "/"));
    }
    for (String id : document.definitions().pods().keySet()) {
      lookUp("/v2/pods" + id).ifPresent(pod -> present.addPod(pod, "/"));
    }
    return present;
  }

  private Optional<JsonNode> lookUp(String path) {
    Api.Answer answer = services.exchange("GET", path, "");
    return answer.status() == 404 ? Optional.empty() : Optional.of(services.succeed(answer, path));
  }

  private static Definitions wanted(Document document, DryRun.Plan plan) {
    Definitions written = document.definitions();
    return plan.definitions()
        .map(read -> new Definitions(written.groups(), read.apps(), read.pods()))
        .orElse(written);
  }

  /** What to compare: what is asked for, and what the plan removes. */
  private static SortedSet<String> ids(
      Kind kind, Definitions present, Definitions wanted, DryRun.Plan plan) {
    SortedSet<String> ids = new TreeSet<>(wanted.of(kind).keySet());
    for (List<DryRun.Action> step : plan.steps()) {
      for (DryRun.Action action : step) {
        if (action.isRemoval() && present.of(kind).containsKey(action.id())) {
          ids.add(action.id());
        }
      }
    }
    return ids;
  }

  private boolean print(
      Kind kind, String id, ObjectNode before, Definitions wanted, Difference.Extent extent) {
    Optional<ObjectNode> after = wanted.find(kind, id);
    if (after.isEmpty()) {
      out.println("- " + kind.word() + " " + id);
      return true;
    }
    List<Difference> differences = Difference.between(before, after.get(), extent);
    if (!differences.isEmpty()) {
      out.println("~ " + kind.word() + " " + id);
      print(differences);
    }
    return !differences.isEmpty();
  }

  /** Of what is new, the file says enough: defaults would hide it. */
  private boolean printNew(Kind kind, String id, Definitions wanted, Definitions written) {
    out.println("+ " + kind.word() + " " + id);
    written
        .find(kind, id)
        .or(() -> wanted.find(kind, id))
        .ifPresent(added ->
            print(Difference.between(MissingNode.getInstance(), added, Difference.Extent.WHOLE)));
    return true;
  }

  private void print(List<Difference> differences) {
    for (Difference difference : differences) {
      if (!difference.path().equals("id")) {
        out.println("    " + difference.text());
      }
    }
  }

  private void steps(DryRun.Plan plan) {
    if (plan.steps().isEmpty()) {
      return;
    }
    out.println("the deployment would have " + count(plan.steps().size(), "step"));
    for (int i = 0; i < plan.steps().size(); i++) {
      out.println(
          "  "
              + (i + 1)
              + ". "
              + String.join(
                  ", ", plan.steps().get(i).stream().map(DryRun.Action::toString).toList()));
    }
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
