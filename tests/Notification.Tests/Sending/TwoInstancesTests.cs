using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Sending;

public sealed class TwoInstancesTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_two_instances_hand_over_each_sms_once_and_end_right_in_a_storm_of_reports()
    {
        await service.StartInstanceAsync();
        var orders = Enumerable.Range(0, 100).Select(_ => NotificationFixture.Order(NotificationFixture.Number())).ToList();
        await Task.WhenAll(orders.Select(order => service.Bus.PublishAsync(order)).Concat(orders.Select(order => service.Bus.PublishAsync(order))));

        // Four reports for each, twice, in any order, at both doors, while sending still goes on.
        var random = new Random(6);
        var reports = orders.SelectMany(order => new[] { "4", "8", "1", "12", "4", "8", "1", "12" }.Select(status => (Id: order.SmsId.ToString(), Status: status))).ToArray();
        random.Shuffle(reports);
        await Parallel.ForEachAsync(reports.Index(), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (report, _) =>
            (await service.KannelReportAsync(report.Item.Id, report.Item.Status, ts: "1767578400", instance: report.Index % 2)).EnsureSuccessStatusCode());

        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from sms where state = 'Delivered'") == orders.Count);
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from report where applied_at is null") == 0);
        orders.ShouldAllBe(order => service.Kannel.CallsTo(order.To).Count <= 1);
        (await service.Database.ScalarAsync<long>("select count(*) from delivery_event where source = 'report'")).ShouldBe(4 * orders.Count);
        (await service.Database.ScalarAsync<long>("select sum(seen) from report")).ShouldBe(8 * orders.Count);

        // Each version is told once, and the last one is the end.
        foreach (var order in orders)
        {
            var last = await service.Database.ScalarAsync<long>($"select version from sms where id = '{order.SmsId}'");
            (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == order.SmsId && told.Version == last)).Status.ShouldBe(DeliveryStatus.Delivered);
            service.Bus.Received<DeliveryStatusChanged>().Where(told => told.SmsId == order.SmsId).Select(told => told.Version)
                .ShouldBeUnique();
        }
    }
}
