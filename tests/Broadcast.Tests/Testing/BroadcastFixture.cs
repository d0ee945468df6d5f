using Broadcast.Storage;
using Contracts.Directory;
using Contracts.Notification;

namespace Broadcast.Tests.Testing;

/// <summary>An official of the test's city: what he holds and how he is reached.</summary>
public sealed record Post(Guid Official, Guid Position, Guid Unit, Guid Assignment, string? Number, string Name);

/// <summary>Broadcast in a small city, told by events as Directory would: Mayor, Regional Secretary, and two departments with a section each.</summary>
public class BroadcastFixture() : ServiceFixture<BroadcastDb>("broadcast")
{
    private int _numbers = 30_000_000;

    public Guid City { get; private set; }
    public Guid Health { get; private set; }
    public Guid HealthSection { get; private set; }
    public Guid Works { get; private set; }
    public Post Mayor { get; private set; } = null!;
    public Post RegionalSecretary { get; private set; } = null!;
    public Post HeadOfHealth { get; private set; } = null!;
    public Post HealthClerk { get; private set; } = null!;
    public Post HeadOfWorks { get; private set; } = null!;

    /// <summary>Plays Directory and Notification.</summary>
    public TestBus Bus { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bus = await StartBusAsync(typeof(SendSms), typeof(SendSmsBatch), typeof(HoldSmsGroup), typeof(WithdrawSmsGroup), typeof(NotifyOfficial), typeof(SendEmail),
            typeof(TellResponsible), typeof(WriteToAuditTrail));
        City = await AddUnitAsync("KOTA", null);
        Health = await AddUnitAsync("DINKES", City);
        HealthSection = await AddUnitAsync("DINKES.1", Health);
        Works = await AddUnitAsync("DPU", City);
        Mayor = await AddPostAsync(City, "Mayor", "Wali Kota");
        RegionalSecretary = await AddPostAsync(City, "RegionalSecretary", "Sekretaris Daerah");
        HeadOfHealth = await AddPostAsync(Health, "HeadOfUnit", "Kepala Dinas Kesehatan", "II.b");
        HealthClerk = await AddPostAsync(HealthSection, "Staff", "Staf Seksi", "IV.a");
        HeadOfWorks = await AddPostAsync(Works, "HeadOfUnit", "Kepala Dinas Pekerjaan Umum", "II.b");
    }

    public override async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public async Task<Guid> AddUnitAsync(string code, Guid? parent)
    {
        var unit = new UnitChanged { UnitId = Guid.CreateVersion7(), Code = code, Name = $"Unit {code}", ParentId = parent, Version = 1 };
        await Bus.PublishAsync(unit);
        await IsKnownAsync("organisation.unit", $"id = '{unit.UnitId}'");
        return unit.UnitId;
    }

    /// <summary>A position with a holder who has a number of his own; none when <paramref name="number"/> is empty.</summary>
    public async Task<Post> AddPostAsync(Guid unit, string kind, string title, string? grade = null, string? number = null, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var (official, position, assignment) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        number ??= $"+62813{Interlocked.Increment(ref _numbers)}";
        var name = $"Pejabat {official.ToString()[^4..]}";
        await Bus.PublishAsync(new PositionChanged { PositionId = position, UnitId = unit, Code = position.ToString()[^6..], Title = title, Kind = kind, Grade = grade, Version = 1 });
        await Bus.PublishAsync(new OfficialChanged { OfficialId = official, Name = name, Version = 1 });
        await Bus.PublishAsync(new AssignmentChanged { AssignmentId = assignment, OfficialId = official, PositionId = position, From = from ?? DateTimeOffset.UnixEpoch, To = to, Version = 1 });
        await Bus.PublishAsync(new ContactChanged { OfficialId = official, NoticePhone = number.Length == 0 ? null : number, Version = 1 });
        await IsKnownAsync("organisation.position", $"id = '{position}'");
        await IsKnownAsync("organisation.official", $"id = '{official}'");
        await IsKnownAsync("organisation.assignment", $"id = '{assignment}'");
        await IsKnownAsync("contacts.contact", $"official_id = '{official}'");
        return new(official, position, unit, assignment, number.Length == 0 ? null : number, name);
    }

    private Task IsKnownAsync(string table, string condition) =>
        Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select exists (select from {table} where {condition})"));
}
