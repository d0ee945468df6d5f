using Broadcast.Storage;
using Contracts.Notification;

namespace Broadcast.Tests.Sending;

public sealed class SendingProgressTests
{
    [Theory]
    // Handed over, delivered and failed at each look; whether it is too much at the last of them.
    [InlineData(false, 0, 0, 39)]
    [InlineData(true, 0, 0, 40)]
    [InlineData(false, 161, 0, 39)]
    [InlineData(true, 160, 0, 40)]
    // Reports of many come at once: a tenth has failed.
    [InlineData(false, 200, 0, 0, 1000, 0, 0, 0, 900, 100)]
    // A fifth of them.
    [InlineData(true, 200, 0, 0, 1000, 0, 0, 0, 800, 200)]
    // What failed in a window that was fine does not count in the next one.
    [InlineData(false, 170, 0, 30, 350, 0, 60)]
    [InlineData(true, 170, 0, 30, 340, 0, 80)]
    public void BRO_6_it_is_too_much_when_a_fifth_of_the_last_two_hundred_has_failed(bool expected, params int[] looks)
    {
        var sending = new SendingProgress { Ordered = 10_000 };
        var tooMuch = false;
        for (var (at, version) = (0, 1); at < looks.Length; at += 3, version++)
        {
            tooMuch.ShouldBeFalse();
            sending.Learn(Told(version, looks[at], looks[at + 1], looks[at + 2])).ShouldBeTrue();
            tooMuch = sending.FailsTooMuch(0.2, 200);
        }

        tooMuch.ShouldBe(expected);
    }

    [Theory]
    // Pending and delivered at the beginning and the end of the time.
    [InlineData(false, 0, 0, 79, 0)]
    [InlineData(true, 0, 0, 80, 0)]
    [InlineData(true, 0, 0, 400, 600)]
    [InlineData(false, 0, 0, 399, 601)]
    // The pipeline is as long as before, and phones that are off stay so.
    [InlineData(false, 400, 0, 400, 1000)]
    [InlineData(false, 5000, 45_000, 5100, 45_900)]
    // Late, but they come.
    [InlineData(false, 900, 0, 300, 700)]
    public void BRO_6_it_is_silent_when_of_two_fifths_of_what_was_handed_over_no_end_is_heard(bool expected, int pending, int delivered, int laterPending, int laterDelivered)
    {
        var sending = new SendingProgress { Ordered = 100_000 };
        sending.Learn(Told(1, pending, delivered, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        // The time is not over.
        sending.Learn(Told(2, laterPending, laterDelivered, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        sending.Learn(Told(3, laterPending, laterDelivered, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBe(expected);
        // It counts once, and never where no reports are expected.
        sending.Learn(Told(5, laterPending + 1000, laterDelivered, 0));
        sending.IsSilent(0, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        sending.Learn(Told(7, laterPending + 1000, laterDelivered, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
    }

    [Fact]
    public void BRO_6_what_goes_first_after_a_standstill_is_no_silence()
    {
        var sending = new SendingProgress { Ordered = 100_000 };
        sending.Learn(Told(1, 0, 0, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        sending.Learn(Told(100, 200, 0, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        // Nor does it help that later ones are as young.
        sending.Learn(Told(110, 400, 0, 0));
        sending.Learn(Told(120, 410, 0, 0));
        sending.IsSilent(0.4, 200, TimeSpan.FromSeconds(2)).ShouldBeTrue();
    }

    [Fact]
    public void BRO_6_an_older_word_changes_nothing_and_the_rate_is_of_what_moved()
    {
        var sending = new SendingProgress { Ordered = 1_000 };
        sending.Learn(Told(1, 100, 0, 0)).ShouldBeTrue();
        sending.Learn(Told(3, 300, 0, 0)).ShouldBeTrue();
        sending.Learn(Told(2, 200, 0, 0)).ShouldBeFalse();
        (sending.HandedOver, sending.Ahead, sending.PerSecond).ShouldBe((300, 700, 100));
    }

    private static SmsGroupProgressed Told(int version, int handedOver, int delivered, int failed) => new()
    {
        GroupId = Guid.Empty,
        Version = version,
        At = DateTimeOffset.UnixEpoch.AddSeconds(version),
        Waiting = 0,
        HandedOver = handedOver,
        Uncertain = 0,
        Delivered = delivered,
        Failed = failed,
        Withdrawn = 0,
    };
}
