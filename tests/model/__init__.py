"""A model of a shop, e-conomic and the pull, run at random to try `mapping.stock` and `mapping.inflight`.

Every step of every party is a transaction of its own, and any other party may act between two steps. What is held:

1. *After every write of ours* what is offered (the row; with reservations the source's quantity and all reservations,
   in each stock) is at most T, by the number that e-conomic answered and the rows as they are under the lock. T is
   computed here a second time, over all orders that are committed, not only those that the pull looked at.
2. *Nothing is sold twice.* The shelf is counted by what people carry. At every step after the first look the offer is
   at most what stands on the shelf and belongs to nobody: orders, phone orders and checkouts under way own their
   pieces. Excepted is what nobody can know yet, and only by so many pieces and so long:

   * a phone order or a loss that e-conomic tells since our last read: until a number that has it is applied (one below
     zero is refused, so that it never is);
   * an edit upwards in the shop, until the pull has looked; and as far as it hid checkouts under way then (both are in
     the row's one number), until those have ended;
   * a return to stock that hid a checkout under way in the same manner, once its credit is booked, or the draft made
     smaller, while that checkout is still under way: until then the returned piece itself is there for the buyer;
   * checkouts under way at the very first look, where Magento keeps no reservations;
   * a checkout of exactly so many pieces as a write moved that a crash cut short, where none else was known of: it
     passes for the write, until it has ended;
   * a checkout of 15 minutes and longer, and one that took exactly what another gave back before anybody could look,
     while that one's quarter of an hour ran out: the clock waits for these;
   * stocks that share a source: Magento itself sells a piece twice before anybody can look.

   Left out of the model: store views that share increment ids, and people who change orders of ours in e-conomic that
   reserve there (`available` rises before the program knows).
3. *When all is quiet one pull makes both sides equal.* At once; or a quarter of an hour later, where one of these came
   in: an edit downwards, an edit upwards or a return beside a checkout, a write that a crash
   cut short while checkouts were about, an order that
   was deleted, a cancellation that was seen half, orders that changed between the two readings of a look that came out
   even, a booking that the number does not show yet. Reservations of skipped orders, and of orders that do not exist
   (any more), stay taken off by Magento.
"""
