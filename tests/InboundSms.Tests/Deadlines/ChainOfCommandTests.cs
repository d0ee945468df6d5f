using InboundSms.Deadlines;
using static InboundSms.Deadlines.ChainOfCommand;

namespace InboundSms.Tests.Deadlines;

public sealed class ChainOfCommandTests
{
    private readonly Guid _dinas = Guid.CreateVersion7(), _bidang = Guid.CreateVersion7(), _city = Guid.CreateVersion7(), _setda = Guid.CreateVersion7(), _smsCenter = Guid.CreateVersion7();
    private readonly Guid _headPost = Guid.CreateVersion7(), _bidangPost = Guid.CreateVersion7(), _vacant = Guid.CreateVersion7(), _sekdaPost = Guid.CreateVersion7();
    private readonly Guid _head = Guid.CreateVersion7(), _bidangHead = Guid.CreateVersion7(), _clerk = Guid.CreateVersion7(), _sekda = Guid.CreateVersion7();
    private readonly Guid _chair = Guid.CreateVersion7(), _secretary = Guid.CreateVersion7(), _otherHead = Guid.CreateVersion7();

    [Fact]
    public void SMS_7_the_holder_of_the_position_or_who_of_the_unit_has_taken_the_case()
    {
        City().Find(Rungs.Handler, _headPost, null).ShouldBe([_head]);
        City().Find(Rungs.Handler, _headPost, _clerk).ShouldBe([_clerk]);
    }

    [Fact]
    public void SMS_7_who_took_the_case_and_left_the_unit_is_no_handler_any_more() => City().Find(Rungs.Handler, _headPost, _bidangHead).ShouldBe([_head]);

    [Fact]
    public void SMS_7_the_head_is_the_one_above_him_who_handles_the_case()
    {
        City().Find(Rungs.Head, _headPost, _clerk).ShouldBe([_head]);
        City().Find(Rungs.Head, _bidangPost, null).ShouldBe([_head]);
        City().Find(Rungs.Handler | Rungs.Head, _bidangPost, null).ShouldBe([_bidangHead, _head], ignoreOrder: true);
        // The head himself handles it: nobody of the unit is above him.
        City().Find(Rungs.Handler | Rungs.Head, _headPost, null).ShouldBe([_head]);
    }

    [Fact]
    public void SMS_7_the_secretariat_and_the_Regional_Secretary()
    {
        City().Find(Rungs.Secretariat, _headPost, null).ShouldBe([_chair, _secretary], ignoreOrder: true);
        City().Find(Rungs.RegionalSecretary, _headPost, null).ShouldBe([_sekda]);
    }

    [Fact]
    public void SMS_7_a_vacant_post_swallows_nothing()
    {
        City().Find(Rungs.Handler, _vacant, null).ShouldBe([_bidangHead]);
        City(withoutUnits: [_bidang]).Find(Rungs.Handler, _vacant, null).ShouldBe([_head]);
        City(withoutUnits: [_dinas, _bidang]).Find(Rungs.Handler, _vacant, null).ShouldBe([_chair, _secretary], ignoreOrder: true);
        City(withoutUnits: [_dinas, _bidang, _smsCenter]).Find(Rungs.Handler | Rungs.Head, _vacant, null).ShouldBe([_sekda]);
        City(withoutUnits: [_dinas, _bidang, _smsCenter, _setda]).Find(Rungs.Handler, _vacant, null).ShouldBeEmpty();
    }

    [Fact]
    public void SMS_7_the_tray_is_the_secretariats()
    {
        City().Find(Rungs.Handler, null, null).ShouldBe([_chair, _secretary], ignoreOrder: true);
        City().Find(Rungs.Handler | Rungs.Head, null, null).ShouldBe([_chair, _secretary], ignoreOrder: true);
        City().Find(Rungs.RegionalSecretary, null, null).ShouldBe([_sekda]);
    }

    [Fact]
    public void SMS_7_a_position_that_the_copy_does_not_know_yet_is_the_secretariats() =>
        City().Find(Rungs.Handler, Guid.CreateVersion7(), null).ShouldBe([_chair, _secretary], ignoreOrder: true);

    [Fact]
    public void SMS_7_a_circle_in_the_tree_ends()
    {
        var circle = new ChainOfCommand([], new Dictionary<Guid, Guid?> { [_dinas] = _bidang, [_bidang] = _dinas }, new Dictionary<Guid, Guid> { [_vacant] = _bidang }, []);
        circle.Find(Rungs.Head, _vacant, null).ShouldBeEmpty();
    }

    private ChainOfCommand City(params Guid[] withoutUnits)
    {
        List<Holder> holders =
        [
            new(_headPost, _dinas, "HeadOfUnit", _head), new(Guid.CreateVersion7(), _dinas, "Staff", _clerk), new(_bidangPost, _bidang, "HeadOfUnit", _bidangHead),
            new(_sekdaPost, _setda, "RegionalSecretary", _sekda), new(Guid.CreateVersion7(), Guid.CreateVersion7(), "HeadOfUnit", _otherHead),
        ];
        return new([.. holders.Where(holder => !withoutUnits.Contains(holder.UnitId))],
            new Dictionary<Guid, Guid?> { [_bidang] = _dinas, [_dinas] = _city, [_setda] = _city, [_city] = null },
            new Dictionary<Guid, Guid> { [_headPost] = _dinas, [_bidangPost] = _bidang, [_vacant] = _bidang, [_sekdaPost] = _setda }, withoutUnits.Contains(_smsCenter) ? [] : [_chair, _secretary]);
    }
}
