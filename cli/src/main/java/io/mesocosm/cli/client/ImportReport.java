package io.mesocosm.cli.client;

import io.mesocosm.cli.client.ImportOrder.Item;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What became of each definition, told at the end. */
final class ImportReport {

  /** What became of one. */
  enum Outcome {
    /** It was not here, and is now. */
    COPIED("copied", "would be copied"),
    /** It was another here, and is now the same. */
    REPLACED("replaced", "would be replaced"),
    /** It was here already. */
    EQUAL("equal", "equal"),
    /** It is another here, and was left so. */
    DIFFERING("differing", "differing"),
    /** This cluster does not take it. */
    REFUSED("refused", "would be refused");

    private final String done;
    private final String planned;

    Outcome(String done, String planned) {
      this.done = done;
      this.planned = planned;
    }

    String word(boolean dryRun) {
      return dryRun ? planned : done;
    }
  }

  private record Entry(Item item, Outcome outcome, String note) {}

  private final boolean dryRun;
  private final PrintWriter out;
  private final List<Entry> entries = new ArrayList<>();

  ImportReport(boolean dryRun, PrintWriter out) {
    this.dryRun = dryRun;
    this.out = out;
  }

  /** Notes it, and says so at once: a large import takes its time. */
  void add(Item item, Outcome outcome, String note) {
    entries.add(new Entry(item, outcome, note));
    out.println(
        outcome.word(dryRun)
            + "  "
            + item.kind().word()
            + " "
            + item.id()
            + (note.isEmpty() ? "" : ": " + note));
    out.flush();
  }

  boolean hasRefusals() {
    return entries.stream().anyMatch(entry -> entry.outcome() == Outcome.REFUSED);
  }

  void print() {
    out.println();
    for (Outcome outcome : Outcome.values()) {
      List<Entry> of = entries.stream().filter(entry -> entry.outcome() == outcome).toList();
      if (!of.isEmpty() || outcome != Outcome.REPLACED) {
        out.println(of.size() + " " + outcome.word(dryRun));
      }
      if (outcome == Outcome.DIFFERING || outcome == Outcome.REFUSED) {
        of.forEach(entry ->
            out.println(
                "  " + entry.item().kind().word() + " " + entry.item().id() + ": " + entry.note()));
      }
    }
    if (entries.stream().anyMatch(entry -> entry.outcome() == Outcome.DIFFERING)) {
      out.println("(what differs was left as it is here: --replace makes it as it is there)");
    }
    out.flush();
  }
}
