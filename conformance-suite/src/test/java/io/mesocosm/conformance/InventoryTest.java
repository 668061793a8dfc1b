package io.mesocosm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryTest {
  private final List<String> registered = RowBook.of(Sections.all()).stream().map(Row::id).toList();

  @Test
  void everyRowOfTheInventoryIsRegistered() {
    assertThat(registered).containsAll(Inventory.ids());
  }

  @Test
  void noUnknownRowIsRegistered() {
    assertThat(Inventory.ids()).containsAll(registered);
  }

  @Test
  void noRowIsRegisteredTwice() {
    assertThat(registered).doesNotHaveDuplicates();
  }

  @Test
  void aRowThatIsNotObservableSaysWhy() {
    assertThat(RowBook.of(Sections.all()))
        .filteredOn(row -> row.test().equals(Optional.empty()))
        .allSatisfy(row -> assertThat(row.why()).isNotBlank());
  }
}
