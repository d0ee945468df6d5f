using Contracts.Directory;
using Contracts.Notification;
using Directory.Tests.Testing;
using ServiceDefaults.SignIn;

namespace Directory.Tests.People;

public sealed class TellResponsibleTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task PLT_8_the_head_of_the_unit_is_told_once_however_often_the_order_comes()
    {
        var unit = await directory.UnitAsync();
        var (head, clerk) = (await directory.OfficialAsync(), await directory.OfficialAsync());
        await directory.HolderAsync(head, await directory.PositionInAsync(unit, "HeadOfUnit"));
        await directory.HolderAsync(clerk, await directory.PositionInAsync(unit));
        var order = Order(unit.String("code"));
        var told = (await ToldAsync(order, 1)).ShouldHaveSingleItem();
        told.ShouldSatisfyAllConditions(notice => notice.OfficialId.ShouldBe(head.Id()), notice => notice.MayWait.ShouldBeTrue(), notice => notice.IsUrgent.ShouldBeFalse(), notice => notice.ExpiresAt.ShouldNotBeNull());
        // Under another message id it is the same notice, of which Notification sends one.
        (await ToldAsync(order, 2)).Select(notice => notice.NoticeId).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PLT_8_where_there_is_no_head_the_administrators_are_told(bool hasUnit)
    {
        var unit = await directory.UnitAsync();
        await directory.HolderAsync(await directory.OfficialAsync(), await directory.PositionInAsync(unit, "HeadOfUnit"), to: directory.Clock.GetUtcNow().AddMinutes(1));
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        var administrators = await directory.Database.ScalarAsync<Guid[]>($"select array_agg(official_id) from account where '{Roles.Administrator}' = any (roles) and enabled and two_factor_enabled and official_id is not null");
        (await ToldAsync(Order(hasUnit ? unit.String("code") : null), administrators.Length)).Select(notice => notice.OfficialId).ShouldBe(administrators, ignoreOrder: true);
    }

    private static TellResponsible Order(string? unitCode) => new() { Id = Guid.CreateVersion7(), UnitCode = unitCode, Text = DirectoryFixture.Fresh("Anggaran SMS hampir habis ") };

    /// <summary>The notices of an order, repeats included, as soon as there are so many.</summary>
    private async Task<List<NotifyOfficial>> ToldAsync(TellResponsible order, int count)
    {
        await directory.Bus.PublishAsync(order);
        return await Eventually.GetAsync(() => Task.FromResult(directory.Bus.Received<NotifyOfficial>().Where(notice => notice.Text == order.Text).ToList()), told => told.Count >= count);
    }
}
