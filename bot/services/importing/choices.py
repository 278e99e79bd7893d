"""The words of other programs for our closed lists: deal stages, relationship stages, roles, ways of contact."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from bot.domain.vocabulary import ContactRole, DealStage, RelationshipStage, TouchKind
from bot.services.importing.columns import header_key

Choice = TypeVar("Choice", bound=StrEnum)


def _words(listed: Mapping[Choice, str]) -> Mapping[str, Choice]:
    return {header_key(word): choice for choice, words in listed.items() for word in (choice.value, *words.split(", "))}


DEAL_STAGES = _words(
    {
        DealStage.LEAD: "lead collected, new, 线索收集, 線索收集, 线索, 線索",
        DealStage.CONTACT: "first contact, qualification, qualified, 初步接触, 初步接觸, 验证客户, 驗證客戶",
        DealStage.NEED: "need confirmed, needs analysis, discovery, 需求确认, 需求確認, 需求分析",
        DealStage.PROPOSAL: "quote, quotation, 方案提供, 方案/报价, 方案报价, 方案/報價, 方案報價, 报价, 報價",
        DealStage.NEGOTIATION: "negotiation and signing, 谈判签约, 談判簽約, 谈判, 談判, 商务谈判, 合同签订",
        DealStage.AFTER_SALES: "after-sales, won, closed won, 售后维护, 售後維護, 赢单, 贏單, 成交, 已成交",
        DealStage.LOST: "closed lost, 输单, 輸單, 丢单, 丟單, 失败",
        DealStage.ABANDONED: "cancelled, canceled, 放弃, 放棄, 无效, 無效",
    }
)
RELATIONSHIP_STAGES = _words(
    {
        RelationshipStage.DEVELOPMENT: "开发, 開發",
        RelationshipStage.INITIAL: "initial cooperation, 初期合作",
        RelationshipStage.STABLE: "stable cooperation, 稳定合作, 穩定合作",
        RelationshipStage.STRATEGIC: "strategic cooperation, 战略合作, 戰略合作",
    }
)
CONTACT_ROLES = _words(
    {
        ContactRole.DECIDER: "decision maker, 决策者, 決策者, 决策人",
        ContactRole.BUYER: "procurement, purchasing, 采购, 採購",
        ContactRole.USER: "end user, 使用者",
        ContactRole.TECHNICAL: "技术, 技術",
        ContactRole.FINANCE: "财务, 財務",
        ContactRole.COACH: "教练, 教練, 内线, 內線",
        ContactRole.GATEKEEPER: "把关者, 把關者, 守门人",
    }
)
TOUCH_KINDS = _words(
    {
        TouchKind.VISIT: "meeting, face to face, event, 见面拜访, 見面拜訪, 拜访, 拜訪, 上门, 活动, 活動",
        TouchKind.VIDEO: "video call, 视频, 視訊",
        TouchKind.CALL: "phone, phone call, telephone, 打电话, 打電話, 电话, 電話",
        TouchKind.MESSAGE: "email, e-mail, mail, sms, text, chat, 发邮件, 發郵件, 发短信, 發簡訊, 邮件, 短信, 微信",
    }
)
VOID_ORDER_STATES = frozenset(
    header_key(word)
    for words in (
        ("审核拒绝", "审核不通过", "已作废", "作废", "已撤回", "撤回", "撤销", "已取消", "取消"),
        ("審核拒絕", "審核不通過", "已作廢", "作廢", "撤銷", "cancelled", "canceled", "void", "rejected"),
    )
    for word in words
)
TOTAL_WORDS = frozenset(
    map(header_key, ("合计", "总计", "小计", "合計", "總計", "小計", "total", "grand total")),
)
