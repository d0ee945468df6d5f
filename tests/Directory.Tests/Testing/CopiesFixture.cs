using InboundSms.Storage;
using Notification.Storage;

namespace Directory.Tests.Testing;

/// <summary>Directory with an organisation, and two services that start after it was made: its events are gone, they have nothing.</summary>
public sealed class CopiesFixture : IAsyncLifetime
{
    private const int Officials = 450;

    /// <summary>What each copy must hold: columns and table in Directory, and in the service.</summary>
    private static readonly (string Service, string Columns, string Table, string CopiedColumns, string Copy)[] Copied =
    [
        ("InboundSms", "id, code, name, parent_id, closed_at, version", "unit", "id, code, name, parent_id, closed_at, version", "organisation.unit"),
        ("InboundSms", "id, unit_id, code, title, kind, grade, signs_documents, closed_at, version", "position",
            "id, unit_id, code, title, kind, grade, signs_documents, closed_at, version", "organisation.position"),
        ("InboundSms", "id, official_id, position_id, kind, held_from, held_to, version", "assignment",
            "id, official_id, position_id, kind, valid_from, valid_to, version", "organisation.assignment"),
        ("InboundSms", "id, name, version", "official", "id, name, version", "organisation.official"),
        ("InboundSms", "official_id, case when enabled then roles else '{}' end, roles_version", "account where official_id is not null",
            "official_id, roles, version", "organisation.granted_roles"),
        ("Notification", "id, notice_phone, version", "official", "official_id, notice_phone, version", "contacts.contact"),
    ];

    public DirectoryFixture Directory { get; } = new();
    public ServiceFixture<InboundSmsDb> InboundSms { get; private set; } = null!;
    public ServiceFixture<NotificationDb> Notification { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Directory.InitializeAsync();
        await Directory.OfficialAsync(DirectoryFixture.FreshNumber());
        var position = await Directory.PositionAsync();
        await Directory.Database.ExecuteAsync($"""
            insert into official (id, employee_number, name, version) select gen_random_uuid(), 'B' || n, 'Pegawai ' || n, 1 + n % 3 from generate_series(1, {Officials}) n;
            insert into assignment (id, official_id, position_id, kind, held_from, held_to, version)
            select gen_random_uuid(), id, '{position.Id()}', 'Definitive', date '2000-01-01' + substr(employee_number, 2)::int, date '2000-01-02' + substr(employee_number, 2)::int, 1
            from official where employee_number like 'B%'
            """);
        InboundSms = new Copier<InboundSmsDb>("inboundsms") { SharedBroker = Directory.Broker };
        Notification = new Copier<NotificationDb>("notification") { SharedBroker = Directory.Broker };
        await InboundSms.InitializeAsync();
        await Notification.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Notification.DisposeAsync();
        await InboundSms.DisposeAsync();
        await Directory.DisposeAsync();
    }

    /// <summary>Both copies are what Directory has, row by row, and know it.</summary>
    public async Task AgreeAsync(int seconds = 30)
    {
        foreach (var (service, columns, table, copiedColumns, copy) in Copied)
        {
            await Eventually.GetAsync(
                async () => (await RowsAsync(Directory.Database, columns, table), await RowsAsync(Database(service), copiedColumns, copy)),
                rows => rows.Item1 == rows.Item2, seconds);
        }

        await Eventually.TrueAsync(() => InboundSms.Database.ScalarAsync<bool>("select behind = 0 and agreed_at is not null from directory_copy"));
        await Eventually.TrueAsync(() => Notification.Database.ScalarAsync<bool>("select behind = 0 and agreed_at is not null from directory_copy"));
    }

    public void Advance(TimeSpan by)
    {
        Directory.Clock.Advance(by);
        InboundSms.Clock.Advance(by);
        Notification.Clock.Advance(by);
    }

    private TestDatabase Database(string service) => service == nameof(InboundSms) ? InboundSms.Database : Notification.Database;

    private static Task<string> RowsAsync(TestDatabase database, string columns, string table) => database.ScalarAsync<string>(
        $"select count(*) || ' rows, ' || md5(coalesce(string_agg(({columns})::text, '|' order by ({columns})::text), '')) from {table}");

    /// <summary>A service beside Directory.</summary>
    internal sealed class Copier<TDb>(string service) : ServiceFixture<TDb>(service)
        where TDb : class;
}
