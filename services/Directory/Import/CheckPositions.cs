using Contracts.Directory;
using Directory.Organisation;
using Directory.Storage;

namespace Directory.Import;

internal static class CheckPositions
{
    /// <summary>As people write them; the API's own names are understood too.</summary>
    private static readonly Dictionary<string, PositionKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Bupati"] = PositionKind.Mayor,
        ["Wali Kota"] = PositionKind.Mayor,
        ["Wakil Bupati"] = PositionKind.DeputyMayor,
        ["Wakil Wali Kota"] = PositionKind.DeputyMayor,
        ["Sekretaris Daerah"] = PositionKind.RegionalSecretary,
        ["Asisten"] = PositionKind.Assistant,
        ["Kepala"] = PositionKind.HeadOfUnit,
        ["Staf"] = PositionKind.Staff,
    };

    public static void Check(Sheet sheet, Plan plan, Findings findings)
    {
        var units = plan.Units.Values.ToDictionary(unit => unit.Id, unit => unit.Code);
        // One that rests is nobody else's either.
        var keywords = plan.Positions.Values.SelectMany(position => position.Keywords)
            .Where(keyword => keyword.RestsUntil is null || keyword.RestsUntil > plan.Now).Select(keyword => keyword.Word).ToHashSet(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            if (!row.IsCode("code", findings) || !row.IsName("title", findings) || !row.IsCode("unitCode", findings))
                continue;
            if (!Kinds.TryGetValue(row["kind"]!, out var kind) && !(Enum.TryParse(row["kind"], ignoreCase: true, out kind) && Enum.IsDefined(kind)))
            {
                row.Refuse(findings, "kind", "import-kind");
                continue;
            }

            var signs = row.ReadYesOrNo("signsDocuments", findings);
            if ((row["grade"] is not null && !row.IsName("grade", findings, Spelling.LongestGrade)) || (signs is null && row["signsDocuments"] is not null))
                continue;
            var (keyword, problem) = row["keyword"] is { } word ? Keyword.Read(word) : (null, null);
            if (problem is not null)
                row.Refuse(findings, "keyword", problem);
            else if (!written.Add(row["code"]!))
                row.Refuse(findings, "code", "import-twice");
            else if (!plan.Units.TryGetValue(row["unitCode"]!, out var unit))
                row.Refuse(findings, "unitCode", "unit-unknown");
            else if (plan.Positions.TryGetValue(row["code"]!, out var known))
                Compare(row, known, kind, keyword, signs, units[known.UnitId], plan, findings);
            else if (unit.ClosedAt is not null)
                row.Refuse(findings, "unitCode", "unit-closed");
            else if (keyword is not null && !keywords.Add(keyword))
                row.Refuse(findings, "keyword", "keyword-taken");
            else
                Add(plan, new() { Code = row["code"]!, Title = row["title"]!, Kind = kind, Grade = row["grade"], SignsDocuments = signs ?? false, UnitId = unit.Id }, keyword);
        }
    }

    private static void Compare(Row row, Position known, PositionKind kind, string? keyword, bool? signs, string unitCode, Plan plan, Findings findings)
    {
        var different = known.Title != row["title"] ? "title"
            : known.Kind != kind ? "kind"
            : unitCode != row["unitCode"] ? "unitCode"
            : row["grade"] is { } grade && known.Grade != grade ? "grade"
            : signs is not null && known.SignsDocuments != signs ? "signsDocuments"
            : keyword is not null && known.KeywordAt(plan.Now) != keyword ? "keyword"
            : null;
        if (different is null)
            plan.Unchanged++;
        else
            row.Refuse(findings, different, "import-differs");
    }

    private static void Add(Plan plan, Position position, string? keyword)
    {
        if (keyword is not null)
            position.Give(keyword, KeywordKind.Primary, plan.Now, TimeSpan.Zero);
        plan.Positions.Add(position.Code, position);
        plan.NewPositions.Add(position);
    }
}
