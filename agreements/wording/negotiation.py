"""Findings about negotiating a draft: rounds, proposed changes, answers and remarks."""

from __future__ import annotations

from .sentence import QUALITY_BOTH, Sentence

NEGOTIATION: dict[str, Sentence] = {
    "negotiation_open": Sentence(
        "本协议正在谈判，草案只能通过对方接受的修改建议变更。",
        "This agreement is being negotiated; its draft changes only by proposals that the other side accepts.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="请在谈判页面提出修改建议。",
        todo_en="Propose the change on the negotiation page instead.",
    ),
    "negotiation_not_open": Sentence(
        "本协议的谈判没有开始或者已经结束。",
        "This agreement is not being negotiated: not yet, or no longer.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="先将草案提交对方，谈判随即开始。",
        todo_en="Hand the draft over to the other side first; that opens the negotiation.",
    ),
    "turn_of_other_side": Sentence(
        "现在轮到{side_zh}处理。贵方可以备注或者撤回自己的建议；自{both_from}起双方都可以处理。",
        "It is the {side}'s turn. You may remark and withdraw your own proposals; from {both_from} on either side may act.",
        "policy",
        "POLICY",
    ),
    "nothing_to_hand_over": Sentence(
        "自上一轮以来，草案没有变化，贵方也没有提出建议、答复或者备注。",
        "Since the last round the draft has not changed, and your side has proposed, answered and remarked nothing.",
        "policy",
        "POLICY",
        todo_zh="先答复对方的建议、提出自己的建议或者作出备注。",
        todo_en="Answer a proposal, make one of your own or leave a remark first.",
    ),
    "too_many_accepted": Sentence(
        "一次最多接受{limit}项建议，所选为{number}项。",
        "At most {limit} proposals are accepted in one step; {number} were chosen.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="请分几次接受。",
        todo_en="Accept them in several steps.",
    ),
    "addition_empty": Sentence(
        "所建议增加的内容没有任何文字。",
        "What is proposed to be added says nothing.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="请至少填写一种语言的文字。",
        todo_en="Write it in one language at least.",
    ),
    "proposal_open": Sentence(
        "{side_zh}对“{row_zh}”的修改建议尚未答复。",
        "A change that the {side} proposed for “{row_en}” is not answered yet.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="由对方接受或者拒绝，或者由提出方撤回。",
        todo_en="The other side accepts or declines it, or the proposer withdraws it.",
    ),
    "change_answered": Sentence(
        "该修改建议已有结果（{outcome_zh}，{name}），不能再次答复或者撤回。",
        "This proposed change was {outcome_en} by {name} already; it cannot be answered or withdrawn again.",
        "policy",
        "POLICY",
    ),
    "own_change": Sentence(
        "修改建议由对方答复；自己提出的建议可以撤回。",
        "The other side answers a proposed change; what your own side proposed can be withdrawn.",
        "policy",
        "POLICY",
    ),
    "change_of_other_side": Sentence(
        "只有提出方可以撤回修改建议；请接受、拒绝或者提出其他建议。",
        "Only the side that proposed a change withdraws it; accept it, decline it or propose another text.",
        "policy",
        "POLICY",
    ),
    "change_same": Sentence(
        "建议的内容与草案现有内容相同。",
        "What you propose is what the draft says already.",
        "policy",
        "POLICY",
    ),
    "change_proposed_already": Sentence(
        "{side_zh}已就此处提出相同的建议，正在等待答复。",
        "The {side} proposed exactly this already; it waits for an answer.",
        "policy",
        "POLICY",
    ),
    "change_impossible": Sentence(
        "此处不能以这种方式修改：期限与覆盖范围只能变更，不能增加、删除或者移动。",
        "This cannot be changed in that way: term and coverage are changed, not added, removed or moved.",
        "policy",
        "POLICY",
    ),
    "counter_elsewhere": Sentence(
        "所答复的建议不是对方就此处提出且尚未答复的建议。",
        "The proposal to be answered is not an open one of the other side about this very place.",
        "policy",
        "POLICY",
    ),
    "remark_empty": Sentence(
        "请填写备注内容。",
        "Write down the remark.",
        "policy",
        "POLICY",
    ),
    "remark_nowhere": Sentence(
        "草案中没有该处，也没有关于该处的修改建议。",
        "The draft has no such place, and no change of it was proposed.",
        "policy",
        "POLICY",
    ),
}
