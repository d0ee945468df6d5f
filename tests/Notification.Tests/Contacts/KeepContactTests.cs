using Contracts.Directory;
using Notification.Tests.Testing;

namespace Notification.Tests.Contacts;

public sealed class KeepContactTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task DIR_5_the_latest_number_counts_in_whatever_order_the_changes_arrive()
    {
        var official = Guid.CreateVersion7();
        ContactChanged Version(long version) => new() { OfficialId = official, NoticePhone = $"+62812000000{version}", SenderId = "DINKES", Version = version };
        await Task.WhenAll(new[] { 3L, 1, 2, 3, 1 }.Select(version => service.Bus.PublishAsync(Version(version))));
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>("select count(*) from inbox") == 5);
        (await service.Database.ScalarAsync<string>($"select notice_phone from contacts.contact where official_id = '{official}'")).ShouldBe("+628120000003");
    }
}
