package io.mesocosm.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what sections register, in order. */
final class RowBook implements Rows {
  private final List<Row> rows = new ArrayList<>();
  private String contract = "";

  static List<Row> of(List<RowTests> sections) {
    RowBook book = new RowBook();
    for (RowTests section : sections) {
      book.contract = section.contract();
      section.register(book);
    }
    return List.copyOf(book.rows);
  }

  @Override
  public void test(String row, String title, RowTest test) {
    add(row, title, Row.Lane.FREE, Optional.of(test), "");
  }

  @Override
  public void withOffers(String row, String title, RowTest test) {
    add(row, title, Row.Lane.HOLDS_OFFERS, Optional.of(test), "");
  }

  @Override
  public void exclusive(String row, String title, RowTest test) {
    add(row, title, Row.Lane.ALONE, Optional.of(test), "");
  }

  @Override
  public void notObservable(String row, String title, String why) {
    add(row, title, Row.Lane.FREE, Optional.empty(), why);
  }

  private void add(String row, String title, Row.Lane lane, Optional<RowTest> test, String why) {
    rows.add(new Row(contract + "/" + row, title, lane, test, why));
  }
}
