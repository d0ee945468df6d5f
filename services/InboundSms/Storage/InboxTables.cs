using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace InboundSms.Storage;

/// <summary>The words of a case, for searching only; written by the database.</summary>
internal sealed class CaseWords
{
    public required Guid CaseId { get; init; }
    /// <summary>Zeros in the tray.</summary>
    public required Guid PositionId { get; init; }
    public required NpgsqlTsVector Words { get; init; }
}

/// <summary>That somebody looked for a number; never changed.</summary>
internal sealed class NumberSearch
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string Reason { get; init; }
    public required int Found { get; init; }
}

/// <summary>An event in the order of becoming visible; written by the database.</summary>
internal sealed class CaseChange
{
    public required long Tx { get; init; }
    public required long Seq { get; init; }
    public required Guid EventId { get; init; }
    public required Guid CaseId { get; init; }
    public required string Kind { get; init; }
}

/// <summary>A unit, of a function that names units.</summary>
internal sealed class UnitFound
{
    public required Guid UnitId { get; init; }
}

/// <summary>Mapping of what inbox and answering keep.</summary>
internal static class InboxTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<CaseWords>().ToTable("case_words").HasKey(w => w.CaseId);
        model.Entity<CaseChange>().ToTable("case_change").HasKey(change => new { change.Tx, change.Seq });
        model.Entity<NumberSearch>().ToTable("number_search");
        model.Entity<UnitFound>().HasNoKey();
        model.HasDbFunction(() => default(InboundSmsDb)!.UnitsReadBy(default, default)).HasName("units_read_by");
        model.HasDbFunction(() => default(InboundSmsDb)!.UnitAndBelow(default)).HasName("unit_and_below");
    }
}
