using Contracts.Notification;
using Notification.Reports;
using Notification.Storage;

namespace Notification.Tests.Reports;

public sealed class StatusRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 5, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(SmsState.Queued, SmsState.AcceptedByOperator, SmsState.AcceptedByOperator)]
    [InlineData(SmsState.Intent, SmsState.Uncertain, SmsState.Uncertain)]
    [InlineData(SmsState.Intent, SmsState.Delivered, SmsState.Delivered)]
    [InlineData(SmsState.Uncertain, SmsState.AcceptedByProvider, SmsState.AcceptedByProvider)]
    [InlineData(SmsState.Uncertain, SmsState.Delivered, SmsState.Delivered)]
    [InlineData(SmsState.AcceptedByProvider, SmsState.Uncertain, SmsState.AcceptedByProvider)]
    [InlineData(SmsState.AcceptedByOperator, SmsState.AcceptedByProvider, SmsState.AcceptedByOperator)]
    [InlineData(SmsState.AcceptedByOperator, SmsState.TemporarilyFailed, SmsState.TemporarilyFailed)]
    [InlineData(SmsState.TemporarilyFailed, SmsState.AcceptedByOperator, SmsState.TemporarilyFailed)]
    [InlineData(SmsState.TemporarilyFailed, SmsState.Delivered, SmsState.Delivered)]
    [InlineData(SmsState.Delivered, SmsState.AcceptedByOperator, SmsState.Delivered)]
    [InlineData(SmsState.Delivered, SmsState.TemporarilyFailed, SmsState.Delivered)]
    [InlineData(SmsState.Failed, SmsState.Expired, SmsState.Failed)]
    [InlineData(SmsState.Failed, SmsState.AcceptedByOperator, SmsState.Failed)]
    internal void NOT_4_news_moves_a_status_only_forward(SmsState now, SmsState told, SmsState then) =>
        StatusRule.Next(now, StatusRule.IsFinal(now) ? Noon : null, told, Noon).ShouldBe(new Verdict(then));

    [Theory]
    [InlineData(SmsState.Delivered, SmsState.Failed, 60, SmsState.Delivered)]
    [InlineData(SmsState.Delivered, SmsState.Expired, 60, SmsState.Delivered)]
    [InlineData(SmsState.Failed, SmsState.Delivered, 60, SmsState.Delivered)]
    [InlineData(SmsState.Expired, SmsState.Delivered, 0, SmsState.Delivered)]
    [InlineData(SmsState.Failed, SmsState.Delivered, -60, SmsState.Failed)]
    internal void NOT_4_of_two_final_reports_the_first_stays_but_a_later_receipt_of_the_handset_wins(SmsState now, SmsState told, int secondsLater, SmsState then) =>
        StatusRule.Next(now, Noon, told, Noon.AddSeconds(secondsLater)).ShouldBe(new Verdict(then, Contradicts: true));

    [Theory]
    [InlineData(SmsState.Queued, SmsState.Delivered, SmsState.Delivered, false)]
    [InlineData(SmsState.Intent, SmsState.Delivered, SmsState.Delivered, false)]
    [InlineData(SmsState.TemporarilyFailed, SmsState.Delivered, SmsState.Delivered, false)]
    [InlineData(SmsState.Delivered, SmsState.Delivered, SmsState.Delivered, false)]
    [InlineData(SmsState.Failed, SmsState.Delivered, SmsState.Delivered, true)]
    [InlineData(SmsState.Expired, SmsState.Delivered, SmsState.Delivered, true)]
    [InlineData(SmsState.Queued, SmsState.Failed, SmsState.Queued, false)]
    [InlineData(SmsState.AcceptedByProvider, SmsState.AcceptedByOperator, SmsState.AcceptedByProvider, false)]
    [InlineData(SmsState.Intent, SmsState.TemporarilyFailed, SmsState.Intent, false)]
    [InlineData(SmsState.Delivered, SmsState.Failed, SmsState.Delivered, false)]
    [InlineData(SmsState.Failed, SmsState.Expired, SmsState.Failed, false)]
    internal void NOT_4_of_a_provider_that_had_it_earlier_only_a_delivery_counts(SmsState now, SmsState told, SmsState then, bool contradicts) =>
        StatusRule.NextByEarlierProvider(now, told).ShouldBe(new Verdict(then, contradicts));

    [Fact]
    public void NOT_4_any_order_of_any_news_that_ends_well_ends_as_delivered()
    {
        SmsState[] news = [SmsState.Uncertain, SmsState.AcceptedByProvider, SmsState.AcceptedByOperator, SmsState.TemporarilyFailed, SmsState.Delivered, SmsState.Delivered];
        foreach (var order in Orders.Of(news))
            order.Aggregate(SmsState.Intent, (state, told) => StatusRule.Next(state, Noon, told, Noon).State).ShouldBe(SmsState.Delivered, string.Join(", ", order));
    }

    [Fact]
    public void SMS_6_every_inner_state_has_one_of_the_three_words()
    {
        Enum.GetValues<SmsState>().Where(state => StatusRule.Shown(state) == DeliveryStatus.Delivered).ShouldBe([SmsState.Delivered]);
        Enum.GetValues<SmsState>().Where(state => StatusRule.Shown(state) == DeliveryStatus.Failed)
            .ShouldBe([SmsState.TemporarilyFailed, SmsState.Failed, SmsState.Expired]);
    }
}

/// <summary>All orders of a few things.</summary>
internal static class Orders
{
    public static IEnumerable<T[]> Of<T>(IReadOnlyList<T> things) => things.Count == 0
        ? [[]]
        : things.SelectMany((first, at) => Of<T>([.. things.Where((_, other) => other != at)]).Select(rest => (T[])[first, .. rest]));
}
