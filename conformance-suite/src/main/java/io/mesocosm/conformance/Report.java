package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The verdicts as text for a terminal, a page of the documentation, or a program. */
record Report(List<Verdict> verdicts) {

  String line() {
    long passed = count(Verdict.Result.PASSED);
    long failed = count(Verdict.Result.FAILED);
    return "rows %d tested %d passed %d failed %d not observable %d"
        .formatted(
            verdicts.size(), passed + failed, passed, failed, count(Verdict.Result.NOT_OBSERVABLE));
  }

  long count(Verdict.Result result) {
    return verdicts.stream().filter(verdict -> verdict.result() == result).count();
  }

  String table() {
    int id = width(verdicts.stream().map(verdict -> verdict.row().id()).toList());
    int title = width(verdicts.stream().map(verdict -> verdict.row().title()).toList());
    String format = "%-" + id + "s  %-" + title + "s  %-14s  %s%n";
    StringBuilder text = new StringBuilder(format.formatted("ROW", "TITLE", "RESULT", "DETAIL"));
    for (Verdict verdict : verdicts) {
      text.append(
          format.formatted(
              verdict.row().id(),
              verdict.row().title(),
              verdict.result().words(),
              verdict.detail()));
    }
    return text.toString();
  }

  String markdown() {
    StringBuilder text = new StringBuilder(line()).append("\n");
    String contract = "";
    for (Verdict verdict : verdicts) {
      String id = verdict.row().id();
      String ofThis = id.substring(0, id.indexOf('/'));
      if (!ofThis.equals(contract)) {
        contract = ofThis;
        text.append("\n### ")
            .append(contract)
            .append("\n\n| row | title | result | detail |\n|---|---|---|---|\n");
      }
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  id.substring(id.indexOf('/') + 1),
                  cell(verdict.row().title()),
                  verdict.result().words(),
                  cell(verdict.detail())));
    }
    return text.toString();
  }

  ObjectNode json() {
    ArrayNode rows = Json.array();
    for (Verdict verdict : verdicts) {
      rows.add(
          Json.object(
              "row", verdict.row().id(),
              "title", verdict.row().title(),
              "result", verdict.result().words(),
              "detail", verdict.detail()));
    }
    return Json.object(
        "rows", verdicts.size(),
        "passed", count(Verdict.Result.PASSED),
        "failed", count(Verdict.Result.FAILED),
        "not_observable", count(Verdict.Result.NOT_OBSERVABLE),
        "verdicts", rows);
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }

  private static int width(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(1);
  }
}
