using System.Net.Http.Json;
using Broadcast.Audiences;
using Broadcast.Examination;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Wording;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Testing;

/// <summary>Broadcasts that are approved, and Notification played by the test.</summary>
public class SendingFixture : BroadcastFixture
{
    public const int MostAhead = 300;

    private int _people = 1;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?> { ["Broadcast:MostAhead"] = MostAhead.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    /// <summary>A unit with so many officials, each with a post and a number of his own, as the copy of the directory has them.</summary>
    public async Task<Guid> AddPeopleAsync(int count)
    {
        var (unit, first) = (Guid.CreateVersion7(), _people);
        _people += count;
        await Database.ExecuteAsync($"""
            insert into organisation.unit (id, code, name, parent_id, version) values ('{unit}', 'U{first}', 'Unit {first}', '{City}', 1);
            create temporary table person as select gen_random_uuid() as official, gen_random_uuid() as position, '+6282' || lpad(i::text, 9, '0') as number, i
              from generate_series({first}, {first + count - 1}) as i;
            insert into organisation.position (id, unit_id, code, title, kind, version) select position, '{unit}', 'P' || i, 'Staf ' || i, 'Staff', 1 from person;
            insert into organisation.official (id, name, version) select official, 'Pejabat ' || i, 1 from person;
            insert into organisation.assignment (id, official_id, position_id, valid_from, version) select gen_random_uuid(), official, position, 'epoch', 1 from person;
            insert into contacts.contact (official_id, notice_phone, version) select official, number, 1 from person
            """);
        return unit;
    }

    /// <summary>As the examiner leaves it: the list frozen, its hash signed.</summary>
    public async Task<Guid> ApprovedAsync(
        Guid unit, DateTimeOffset? sendAt = null, DateTimeOffset? validUntil = null, bool isEmergency = false, string text = "Rapat koordinasi pukul 09.00", DateTimeOffset? at = null,
        Guid? byLetterOf = null, DateTimeOffset? eventAt = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<BroadcastDb>(), at ?? Clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync();
        var letter = byLetterOf is { } official ? await AddLetterAsync(official) : (Guid?)null;
        var broadcast = new BroadcastMessage
        {
            Id = Guid.CreateVersion7(),
            State = BroadcastState.Scheduled,
            IsEmergency = isEmergency,
            OriginatorId = byLetterOf ?? Mayor.Official,
            OriginatorBasis = letter is null ? OriginatorBasis.Mayor : OriginatorBasis.Letter,
            LetterId = letter,
            Subject = "Rapat",
            Request = "Undang semua",
            Revision = 1,
            CreatedBy = "test",
            CreatedAt = now,
            ChangedAt = now,
            Version = 1,
        };
        var revision = new Revision
        {
            BroadcastId = broadcast.Id,
            No = 1,
            Text = text,
            Audience = new Audience { Include = [new() { UnitId = unit }] }.ToJson(),
            SendAt = sendAt,
            LateAfterMinutes = 60,
            ValidUntil = validUntil,
            Invitation = eventAt is null ? null : new Invitation("Aula", eventAt).ToJson(),
            Author = "test",
            WrittenAt = now,
        };
        db.AddRange(broadcast, revision);
        await db.SaveChangesAsync();
        var list = await FreezeList.RunAsync(db, broadcast, revision, now, CancellationToken.None);
        revision.ContentHash = ContentHash.Of(broadcast, revision, list.Hash);
        db.Decide(new() { Id = Guid.CreateVersion7(), BroadcastId = broadcast.Id, Revision = 1, Outcome = DecisionOutcome.Approved, SignedHash = revision.ContentHash, Actor = "chair", ActedAs = "Chair", At = now });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return broadcast.Id;
    }

    private Task<Guid> AddLetterAsync(Guid official) => Database.ScalarAsync<Guid>($"""
        insert into authorization_letter (id, official_id, granted_by_official_id, granted_as, reference, subject, kinds, unit_ids, valid_from, valid_to, registered_by, registered_at, version)
        values (gen_random_uuid(), '{official}', '{Mayor.Official}', 'Mayor', gen_random_uuid(), 'Pelimpahan', '{"{}"}', '{"{}"}', 'epoch', 'infinity', 'test', 'epoch', 1) returning id
        """);

    /// <summary>What was ordered, repeats of the broker left out.</summary>
    public IReadOnlyList<GroupedSms> Ordered(Guid id) =>
        [.. Bus.Received<SendSmsBatch>().Where(batch => batch.GroupId == id).SelectMany(batch => batch.Messages).DistinctBy(sms => sms.SmsId)];

    public Task OrderedAsync(Guid id, int count) => Eventually.GetAsync(() => Task.FromResult(Ordered(id).Count), ordered => ordered == count);

    /// <summary>Notification tells how the group stands, and is heard.</summary>
    public async Task TellAsync(Guid id, long version, long waiting = 0, long handedOver = 0, long delivered = 0, long failed = 0, long uncertain = 0, long withdrawn = 0)
    {
        await Bus.PublishAsync(new SmsGroupProgressed
        {
            GroupId = id,
            Version = version,
            At = Clock.GetUtcNow(),
            Waiting = waiting,
            HandedOver = handedOver,
            Uncertain = uncertain,
            Delivered = delivered,
            Failed = failed,
            Withdrawn = withdrawn,
        });
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select group_version >= {version} from sending where broadcast_id = '{id}'"));
    }

    public Task TellAsync(GroupedSms sms, DeliveryStatus status, long version = 1, string? reason = null, bool uncertain = false, bool atOperator = false) => Bus.PublishAsync(new DeliveryStatusChanged
    {
        SmsId = sms.SmsId,
        Status = status,
        Version = version,
        At = Clock.GetUtcNow(),
        Reason = reason,
        Uncertain = uncertain,
        AcceptedByOperator = atOperator,
    });

    public Task StateIsAsync(Guid id, BroadcastState state) => Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select state = '{state}' from broadcast where id = '{id}'"));

    public Task<long> VersionAsync(Guid id) => Database.ScalarAsync<long>($"select version from broadcast where id = '{id}'");

    /// <summary>So many of the list in each state, as text: <c>Ordered 2, Withdrawn 1</c>.</summary>
    public Task<string> CountsAsync(Guid id) => Database.ScalarAsync<string>($"""
        select coalesce(string_agg(state || ' ' || count, ', ' order by state), '') from (select state, count(*) from recipient where broadcast_id = '{id}' group by state) as counts
        """);

    public Task CountsAreAsync(Guid id, string counts) => Eventually.GetAsync(() => CountsAsync(id), actual => actual == counts);

    public Task<HttpResponseMessage> MoveAsync(Guid id, string move, long version, string reason = "Atas perintah", int instance = 0) =>
        Client(instance: instance, roles: Roles.Chair).PostAsJsonAsync($"/api/broadcasts/{id}/{move}", new { reason, version });

    /// <summary>The move is made.</summary>
    internal async Task<GetProgress.Response> MovedAsync(Guid id, string move)
    {
        var answer = await MoveAsync(id, move, await VersionAsync(id));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<GetProgress.Response>(SealedHistory.Json))!;
    }

    /// <summary>Whoever is signed in stays so.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await SignInIsFreshAsync();
    }
}
