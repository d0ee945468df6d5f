namespace Directory.Storage;

internal enum ImportState
{
    /// <summary>Also while it is at work: it is one transaction, and done or not.</summary>
    Waiting,
    Done,
    /// <summary>Nothing was changed.</summary>
    Refused,
}

/// <summary>A file that an administrator has handed in, to be tried or to be taken over.</summary>
internal sealed class OrganisationImport
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required bool IsDryRun { get; init; }
    /// <summary>Name of the table when the file is a single CSV.</summary>
    public string? Sheet { get; init; }
    public required byte[] Sha256 { get; init; }
    /// <summary>Names and numbers of people: gone as soon as the import is over.</summary>
    public byte[]? Content { get; set; }
    public required string Actor { get; init; }
    public string? FromAddress { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public ImportState State { get; set; } = ImportState.Waiting;
    /// <summary>How often it was begun; counted outside of its transaction, so that one which never ends is counted too.</summary>
    public int Tries { get; set; }
    public int? RowsTotal { get; set; }
    public int RowsDone { get; set; }
    public int RowsAdded { get; set; }
    public int RowsUnchanged { get; set; }
    public int FindingsTotal { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>Where something is wrong with the file, and what; never the value.</summary>
internal sealed class ImportProblem
{
    public required Guid ImportId { get; init; }
    /// <summary>In the order of the file, from 0.</summary>
    public required int Number { get; init; }
    /// <summary>As the file names it; null for the file itself.</summary>
    public string? Sheet { get; init; }
    public int? Row { get; init; }
    public string? Column { get; init; }
    public required string Code { get; init; }
}
