using Directory.Accounts;
using Directory.Auditing;
using Directory.Copies;
using Directory.Organisation;
using Directory.People;
using Directory.Storage;
using Contracts.Directory;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults.Messaging;

namespace Directory.Import;

/// <summary>
/// Writes a plan, inside the transaction of its import: rows, for each the audit entry that a single act would write, and the events that tell them to every service,
/// many in one message. The database's own rules hold here too; what breaks one undoes all.
/// </summary>
internal sealed class LoadPlan(DirectoryDb db, UserManager<Account> accounts)
{
    private const int RowsAtOnce = 1_000;

    // The history is large, and its exclusion constraint is not free.
    private const int CopiedAtOnce = 2_000;
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(1);

    public async Task LoadAsync(Plan plan, Caller caller, Func<int, Task> progress, CancellationToken stop)
    {
        var units = plan.Units.Values.ToDictionary(unit => unit.Id, unit => unit.Code);
        var positions = plan.Positions.Values.ToDictionary(position => position.Id, position => position.Code);
        var officials = plan.Officials.Values.ToDictionary(official => official.Id, official => official.EmployeeNumber);
        await AddAsync(plan, plan.NewUnits, unit => db.EntryOf(caller, nameof(CreateUnit), ("Unit", unit.Id), null,
            new { unit.Code, unit.Name, ParentCode = unit.ParentId is { } above ? units[above] : null }), progress, stop);
        await AddAsync(plan, plan.NewPositions, position => db.EntryOf(caller, nameof(CreatePosition), ("Position", position.Id), null, new
        {
            position.Code,
            position.Title,
            position.Kind,
            position.Grade,
            position.SignsDocuments,
            UnitCode = units[position.UnitId],
            Keyword = position.KeywordAt(plan.Now),
        }), progress, stop);
        await AddAsync(plan, plan.NewOfficials, official => db.EntryOf(caller, nameof(RegisterOfficial), ("Official", official.Id), null,
            new { official.EmployeeNumber, official.Name, official.NoticePhone, SenderId = official.SenderIdAt(plan.Now) }), progress, stop);
        foreach (var chunk in plan.NewAssignments.Chunk(CopiedAtOnce))
        {
            await CopyAsync(chunk, stop);
            await db.WriteAllAsync([.. chunk.Select(held => db.EntryOf(caller, nameof(AssignOfficial), ("Assignment", held.Id), null, new
            {
                EmployeeNumber = officials[held.OfficialId],
                PositionCode = positions[held.PositionId],
                held.Kind,
                held.OrderNumber,
                From = held.HeldFrom,
                To = held.HeldTo,
            }))], stop);
            await progress(chunk.Length);
        }

        var granted = new List<GrantedRolesChanged>();
        foreach (var chunk in plan.NewAccounts.Chunk(RowsAtOnce))
        {
            foreach (var (login, official, roles) in chunk)
            {
                var account = CreateAccount.AddWithoutPassword(db, caller, accounts, login, roles, official, tells: false);
                if (official is not null)
                    granted.Add(account.GrantedRolesChanged());
            }

            await SaveAsync(stop);
            await progress(chunk.Length);
        }

        Tell(caller, plan.NewUnits, rows => new OrganisationPublished { Units = [.. rows.Select(unit => unit.Changed())] });
        Tell(caller, plan.NewPositions, rows => new OrganisationPublished { Positions = [.. rows.Select(position => position.Changed(plan.Now))] });
        Tell(caller, plan.NewAssignments, rows => new OrganisationPublished { Assignments = [.. rows.Select(held => held.Changed())] });
        Tell(caller, plan.NewOfficials, rows => new OrganisationPublished { Officials = [.. rows.Select(official => official.Changed())] });
        Tell(caller, granted, rows => new OrganisationPublished { Roles = rows });
        Tell(caller, plan.NewOfficials, rows => new ContactsPublished { Contacts = [.. rows.Select(official => official.ContactChanged(plan.Now))] });
        await SaveAsync(stop);
    }

    private async Task AddAsync<TRow>(Plan plan, IEnumerable<TRow> rows, Func<TRow, AuditEntry> entryOf, Func<int, Task> progress, CancellationToken stop)
        where TRow : class
    {
        foreach (var chunk in rows.Chunk(RowsAtOnce))
        {
            var entries = chunk.Select(entryOf).ToList();
            db.AddRange(chunk);
            foreach (var (row, entry) in chunk.Zip(entries))
            {
                if (plan.Since.TryGetValue(entry.SubjectId, out var since))
                    db.HoldsSince(row, since);
            }

            await SaveAsync(stop);
            await db.WriteAllAsync(entries, stop);
            await progress(chunk.Length);
        }
    }

    private async Task CopyAsync(IEnumerable<Assignment> rows, CancellationToken stop)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy assignment (id, official_id, position_id, kind, held_from, held_to, order_number, version) from stdin (format binary)", stop);
        copy.Timeout = CopyLimit;
        foreach (var row in rows)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(row.OfficialId, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(row.PositionId, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(row.Kind.ToString(), NpgsqlDbType.Text, stop);
            await copy.WriteAsync(row.HeldFrom, NpgsqlDbType.TimestampTz, stop);
            await (row.HeldTo is { } to ? copy.WriteAsync(to, NpgsqlDbType.TimestampTz, stop) : copy.WriteNullAsync(stop));
            await (row.OrderNumber is { } order ? copy.WriteAsync(order, NpgsqlDbType.Text, stop) : copy.WriteNullAsync(stop));
            await copy.WriteAsync(row.Version, NpgsqlDbType.Bigint, stop);
        }

        await copy.CompleteAsync(stop);
    }

    private void Tell<TRow, TMessage>(Caller caller, IEnumerable<TRow> rows, Func<TRow[], TMessage> message)
        where TMessage : class
    {
        foreach (var (part, chunk) in rows.Chunk(SendSnapshots.RowsPerPart).Index())
            db.Publish($"{typeof(TRow).Name} {part}", caller.Actor, message(chunk));
    }

    /// <summary>What is saved is forgotten by the context: it would be looked through at every save.</summary>
    private async Task SaveAsync(CancellationToken stop)
    {
        await db.SaveChangesAsync(stop);
        db.ChangeTracker.Clear();
    }
}
