package io.mesocosm.bench;

import java.util.ArrayList;
import java.util.List;

/** Figures in rows and columns, as people read them. */
public final class Table {
  private final String title;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String title, String... columns) {
    this.title = title;
    rows.add(List.of(columns));
  }

  /** Adds a row; numbers are rounded to what matters. */
  public void add(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(text(cell));
    }
    rows.add(row);
  }

  private static String text(Object cell) {
    return cell instanceof Double number ? number(number) : String.valueOf(cell);
  }

  private static String number(double number) {
    double size = Math.abs(number);
    int decimals = size >= 100 || number == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format("%,." + decimals + "f", number);
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder(title).append('\n');
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        String pad = " ".repeat(widths[column] - row.get(column).length());
        text.append("  ").append(pad).append(row.get(column));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
