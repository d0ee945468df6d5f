using Notification.Groups;

namespace Notification.Tests.Groups;

public sealed class SmsGroupTests
{
    [Fact]
    public void BRO_6_while_some_wait_the_next_look_is_soon_however_long_nothing_has_moved()
    {
        var (group, began) = (new SmsGroup(), new DateTimeOffset(2026, 1, 5, 2, 0, 0, TimeSpan.Zero));
        var counts = new GroupCounts(group.Id, Waiting: 5, 0, 0, 0, 0, 0);
        group.Stands(counts, began).ShouldBeTrue();
        Rest(counts, TimeSpan.FromSeconds(10)).ShouldBe(TimeSpan.FromSeconds(1));
        Rest(counts, TimeSpan.FromMinutes(9)).ShouldBe(TimeSpan.FromSeconds(5));
        Rest(counts, TimeSpan.FromHours(3)).ShouldBe(TimeSpan.FromSeconds(30));

        // What is pending at a provider is looked at ever more seldom.
        began = began.AddHours(3);
        var pending = counts with { Waiting = 0, HandedOver = 5 };
        group.Stands(pending, began).ShouldBeTrue();
        Rest(pending, TimeSpan.FromMinutes(1)).ShouldBe(TimeSpan.FromSeconds(6));
        Rest(pending, TimeSpan.FromHours(3)).ShouldBe(TimeSpan.FromMinutes(10));

        TimeSpan Rest(GroupCounts stand, TimeSpan after)
        {
            group.Stands(stand, began + after).ShouldBeFalse();
            return group.NextLookAt!.Value - (began + after);
        }
    }
}
