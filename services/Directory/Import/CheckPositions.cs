using Contracts.Directory;
using Directory.Organisation;
using Directory.Storage;

namespace Directory.Import;

internal static class CheckPositions
{
    public static void Check(Sheet sheet, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var units = plan.Units.Values.ToDictionary(unit => unit.Id, unit => unit.Code);
        var keywords = plan.Positions.Values.SelectMany(position => position.Keywords).Where(keyword => keyword.ValidTo != keyword.ValidFrom).ToList();
        var resting = keywords.Where(keyword => keyword.RestsUntil > plan.Now).Select(keyword => keyword.Word).ToHashSet(StringComparer.Ordinal);
        var used = keywords.Where(keyword => keyword.EndsAfter(plan.Now)).Select(keyword => keyword.Word).ToHashSet(StringComparer.Ordinal);
        var posts = plan.Positions.Values.Where(position => position.ClosedAt is null).Select(position => OnlyOne(position.Kind, position.UnitId)).ToHashSet();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            row.IsCode("code", findings);
            row.IsName("title", findings);
            row.IsName("grade", findings, Spelling.LongestGrade);
            var (kind, signs, since) = (ReadKind(row, findings), row.ReadYesOrNo("signsDocuments", findings), row.ReadSince(plan, zone, findings));
            var (keyword, problem) = row["keyword"] is { } word ? Keyword.Read(word) : (null, null);
            if (problem is not null)
                row.Refuse(findings, "keyword", problem);
            var isTwice = row["code"] is { } code && !written.Add(code);
            if (isTwice)
                row.Refuse(findings, "code", "import-twice");
            row.IsCode("unitCode", findings);
            var unit = row.Find(findings, "unitCode", Layout.Units, plan.Units, "unit-unknown");
            if (row["code"] is null || isTwice)
                continue;
            if (plan.Positions.TryGetValue(row["code"]!, out var known))
            {
                row.Compare(plan, findings, ("title", known.Title == row["title"]), ("kind", known.Kind == kind), ("unitCode", units[known.UnitId] == row["unitCode"]),
                    ("grade", row["grade"] is null || known.Grade == row["grade"]), ("since", since is null || plan.Since[known.Id] == since),
                    ("signsDocuments", signs is null || known.SignsDocuments == signs), ("keyword", keyword is null || known.KeywordAt(plan.Now) == keyword));
                continue;
            }

            if (unit?.ClosedAt is not null)
                row.Refuse(findings, "unitCode", "unit-closed");
            if (kind is { } of && unit is not null && OnlyOne(of, unit.Id) is { } post && !posts.Add(post))
                row.Refuse(findings, "kind", "post-taken");
            if (unit is not null && since < plan.SinceOf(unit.Id))
                row.Refuse(findings, "since", "since");
            if (keyword is not null && !used.Add(keyword))
                row.Refuse(findings, "keyword", "keyword-taken");
            else if (keyword is not null && resting.Contains(keyword))
                row.Refuse(findings, "keyword", "keyword-rests");
            var position = NewPosition(row, kind, signs, unit);
            plan.HoldsSince(since, position.Id, row);
            Add(plan, position, keyword, row.IsRight);
        }
    }

    /// <summary>What there is once: a head in each unit, and one head of region, deputy and secretary (<see cref="Constraints.OnePost"/>).</summary>
    private static (PositionKind Kind, Guid Unit)? OnlyOne(PositionKind kind, Guid unit) =>
        kind is PositionKind.Staff or PositionKind.Assistant ? null : (kind, kind == PositionKind.HeadOfUnit ? unit : Guid.Empty);

    /// <summary>Of a row that is wrong only its code can be relied upon.</summary>
    private static Position NewPosition(Row row, PositionKind? kind, bool? signs, OrganizationUnit? unit) => new()
    {
        Code = row["code"]!,
        Title = row["title"] ?? "",
        Kind = kind ?? PositionKind.Staff,
        Grade = row["grade"],
        SignsDocuments = signs ?? false,
        UnitId = unit?.Id ?? Guid.Empty,
    };

    private static PositionKind? ReadKind(Row row, Findings findings)
    {
        if (row["kind"] is not { } written)
            return null;
        if (Words.Kinds.Meaning(written) is { } kind)
            return Enum.Parse<PositionKind>(kind);
        row.Refuse(findings, "kind", "import-kind");
        return null;
    }

    private static void Add(Plan plan, Position position, string? keyword, bool isRight)
    {
        if (keyword is not null)
            position.Give(keyword, KeywordKind.Primary, plan.Now, TimeSpan.Zero);
        plan.Positions.Add(position.Code, position);
        if (isRight)
            plan.NewPositions.Add(position);
    }
}
